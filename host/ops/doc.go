// Package ops serves operators: health and readiness for whatever watches the
// process, metrics, and, for those who have the operator's token, who holds
// each conversation and why.
//
//	GET /healthz                       200 as long as the process serves
//	GET /readyz                        200, or 503 and the reasons
//	GET /metrics                       Prometheus
//	GET /api/v1/conversations          ?holder=queue&channel=web&limit=100
//	GET /api/v1/conversations/{id}
//	GET /api/v1/bots
//	POST /api/v1/reload                the configuration, again
//	GET /api/v1/people/{user}          ?channel=web: all that is kept of a person
//	DELETE /api/v1/people/{user}       ?channel=web&dry_run=true: and erased
//
// The API shows no text that anybody has said, except where a person's data are
// asked for.
package ops
