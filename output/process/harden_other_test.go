//go:build unix && !linux

package process_test

func helpHarden([]string) int { return 0 }
