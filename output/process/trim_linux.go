package process

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Trim takes the pages of the program's own code and constants out of this
// process's memory. A start touches most of them, a process that only waits hardly
// any, and those come back by themselves. What cannot be read is left as it is.
func Trim() {
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer file.Close()
	var begin, end uintptr // of the mapping that is being read, 0 if it is not one of those
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if name, _, _ := strings.Cut(line, " "); strings.Contains(name, "-") {
			begin, end = constant(line)
		}
		// Pages that were written, by a dynamic linker, are not the file's any more.
		if rest, ok := strings.CutPrefix(line, "Anonymous:"); ok && strings.TrimSpace(rest) == "0 kB" && begin != 0 {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, begin, end-begin, unix.MADV_DONTNEED)
		}
	}
}

// constant reads the first line of a mapping in smaps, see proc_pid_maps(5), and
// returns its bounds if it is a file's, private and cannot be written.
func constant(line string) (begin, end uintptr) {
	var mode, offset, device string
	var inode uint64
	if _, err := fmt.Sscanf(line, "%x-%x %s %s %s %d", &begin, &end, &mode, &offset, &device, &inode); err != nil {
		return 0, 0
	}
	if inode == 0 || len(mode) != 4 || mode[1] == 'w' || mode[3] != 'p' {
		return 0, 0
	}
	return begin, end
}
