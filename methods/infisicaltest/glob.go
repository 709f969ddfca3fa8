package infisicaltest

import "strings"

// glob tells whether a text matches a pattern in which a star stands for any text.
func glob(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	after, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for i := range len(after) + 1 {
		if glob(rest, after[i:]) {
			return true
		}
	}
	return false
}
