package config

// UUID is an identifier in the 8-4-4-4-12 form, in lower case.
type UUID string

// URL is the address of an Infisical instance, without /api and without a
// trailing slash.
type URL string
