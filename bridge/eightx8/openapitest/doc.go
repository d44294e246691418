// Package openapitest holds what is said to 8x8 and by it, in tests, against
// the vendor's two OpenAPI files, in the manner of net/http/httptest: a handler
// is put before the one that answers. The files are not ours to publish; they
// are looked for beside the checkout, in ../shared/8x8, and where they are not,
// nothing is checked and [Need] skips the one test that says so.
//
// What the schemas have against themselves is listed in known.go, by the rows of
// the 8x8 contract. Anything else that is not as they have it fails the test,
// with the operation, the place in the message, and that in the schema.
//
// It is imported by tests alone, knows neither the client nor the simulator, and
// is the only package that knows kin-openapi.
package openapitest
