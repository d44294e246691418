package openapitest

import "regexp"

// contradiction is one that the vendor's schemas have in themselves.
type contradiction struct {
	// row is where the 8x8 contract has it: a row of its last table, or another
	// place of it.
	row string
	// is matches what a finding is.
	is *regexp.Regexp
}

// known is the contradiction that a finding is one of; nil: it is news.
func (f finding) known() *contradiction {
	for _, c := range contradictions() {
		if c.is.MatchString(f.what()) {
			return &c
		}
	}
	return nil
}

// contradictions are those that anybody here runs into; rows of the contract's
// table that no validation meets are not among them. Each says as narrowly as it
// can what is let pass. TestContradictions has a case for every one.
func contradictions() []contradiction {
	known := func(row, is string) contradiction { return contradiction{row, regexp.MustCompile("^" + is + "$")} }
	const (
		ticket  = `/chat-gateway/v1/conversations/\{conversationId\}`
		chatAPI = `/vcc/\{region\}/chat/v2/tenant/\{tenant-id\}`
		absent  = `(property "\w+" is missing|it is not defined)`
	)
	return []contradiction{
		known("webhook create and put: notificationVersion is required, version is defined",
			`(POST|PUT) (/chat-gateway/v1|`+chatAPI+`)/web-?hooks(/\{\S+\})? request /notificationVersion: it is not defined`),
		known("chat-api create conversation: user is required, customer is defined",
			`POST `+chatAPI+`/conversations request /user: `+absent),
		known("gateway message list: messages is required at the top, listed under _embedded",
			`GET `+ticket+`/messages answer 200 /messages: `+absent),
		known("gateway lists of attachments, participants: data is required, listed under _embedded",
			`GET `+ticket+`/(attachments|participants) answer 200 /data: `+absent),
		known("gateway attachment: size and type are required, sizeInBytes is defined",
			`(GET|POST) `+ticket+`/attachments(/\{attachmentId\})? answer 200 (/_embedded/attachments/\d+)?/(size|type): `+absent),
		known("gateway cards list: cards is required at the top, listed under _embedded",
			`GET `+ticket+`/messages/\{messageId\}/cards answer 200 /cards: `+absent),
		known("public key: typed as a string, the example is a JWK object",
			`GET \S+/jwk/\{\S+\}/public answer 200 /: value must be a string, not \{.*"kty":"RSA".*`),
		known("chat-api message list: type, senderId and the list's participants are required and not defined",
			`GET `+chatAPI+`/conversations/\{conversation-id\}/messages answer 200 (/messages/\d+/(type|senderId)|/participants): property "\w+" is missing`),
		known("interactions: startTime, endTime are dates, the examples are date-times",
			`GET \S+/conversations\S* answer 200 \S*/interactions/\d+/(startTime|endTime): string doesn't match the format "date", not "\d{4}-\d\d-\d\dT[0-9:.]+Z"`),
		known("customer leaves (gateway): the default response is described as success",
			`PATCH `+ticket+`/participants/user answer [45]\d\d /: the body is not defined`),
		known("chat-api list parameter: literally named customer.<anyCustomerKeyName>",
			`GET `+chatAPI+`/conversations request parameter customer\.\w+: it is not defined`),

		known("above the table, errors: validation errors add validations",
			`\S+ (/chat-gateway|/api)/v1/\S+ answer 400 /validations: it is not defined`),
		known("above the table, lists: participants may be an array",
			`GET `+chatAPI+`/conversations/\{conversation-id\}/participants answer 200 /participants: value must be an object, not \[\{.*`),
		known("below the calls, states: prose has them in capitals",
			`GET /chat-gateway/v1/conversations\S* answer 200 (/_embedded/conversations/\d+)?/state: value is not one of the allowed values \S+, not "(CREATED|ACTIVE|IDLE)"`),
	}
}
