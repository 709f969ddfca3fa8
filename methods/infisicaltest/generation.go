package infisicaltest

// Generation is an age of the Infisical server, told apart by how it behaves.
type Generation int

// The generations that a client meets.
const (
	// G1 is the server up to late 2024. Only SRP for persons, validation
	// failures are 401, no reqId, and a renewed token is the same string.
	G1 Generation = 1 + iota
	// G2 is the server from 2025 to April 2026. Validation failures are 422,
	// bodies of errors hold a reqId, renewing yields another token.
	G2
	// G3 is the server since then. Tokens describe themselves and renewing
	// never destroys one.
	G3
)
