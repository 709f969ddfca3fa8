package config

// maxEdits bounds how far a word may be from the one that was meant, in
// characters added, left out or replaced. Two neighbours swapped are two.
const maxEdits = 2

// Nearest returns the known word that is at most two edits from a word, the
// first of those that are nearest, or "" if there is none. Of a word of three
// letters or less at most one may differ, since else everything resembles it.
func Nearest(word string, known []string) string {
	nearest, least := "", maxEdits+1
	if len(word) <= 3 {
		least = 2
	}
	for _, candidate := range known {
		if d := edits(word, candidate, least); d < least {
			nearest, least = candidate, d
		}
	}
	return nearest
}

// edits returns the Levenshtein distance of two words, or any number from limit
// on if it is at least that.
func edits(from, to string, limit int) int {
	a, b := []rune(from), []rune(to)
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
