// Package crash keeps the last words of a process that died of a fault of the
// program, so that the next one can say what happened.
package crash

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// file is where a process leaves its trace.
func file(stateDir, process string) string {
	return filepath.Join(stateDir, "crash-"+process+".txt")
}

// Note has the trace of a fatal fault of this process written to its file
// as well as to the log. Without it the condition says less, and that is all.
func Note(stateDir, process string) error {
	f, err := os.OpenFile(file(stateDir, process), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // the runtime has its own
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}

// traceBytes bounds what is read of a trace.
const traceBytes = 4096

// Last is the first line of the trace that a process has left; "" if it has
// left none.
func Last(stateDir, process string) string {
	f, err := os.Open(file(stateDir, process))
	if err != nil {
		return ""
	}
	defer f.Close()
	text := make([]byte, traceBytes)
	n, _ := f.Read(text) // nothing: no trace
	line, _, _ := bytes.Cut(text[:n], []byte("\n"))
	return strings.TrimSpace(string(line))
}
