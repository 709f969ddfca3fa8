// Package infisicaltest is a stand-in for an Infisical server, as net/http/httptest
// is for any HTTP server. It checks what it is sent and answers as the real server
// does: the same fields, the same statuses and the same sentences, in three
// generations of the server.
//
// It is strict where a lenient stand-in would hide a bug. Proofs are verified for
// real: signatures of AWS requests are computed again, JWTs are checked against
// the keys of an [Issuer], a client certificate against its authority. What the
// real server forgives but a client should not do is collected in
// [Server.Complaints]; the Start functions fail the test if there is any.
//
// A server says of a failed proof only "Something went wrong". What the stand-in
// found is in the Why field of [Server.Requests].
//
// It works inside a bubble of testing/synctest if [New] and [Server.StartMemory]
// are called inside it.
package infisicaltest
