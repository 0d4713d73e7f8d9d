package control_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// serve answers on the socket of a folder until the test ends.
func serve(t *testing.T, folder string, h http.HandlerFunc) net.Listener {
	t.Helper()
	l, err := control.Listen(folder)
	if err != nil {
		t.Fatal(err)
	}
	s := control.NewServer(h)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return l
}

func ask(folder string) (control.Answer, error) {
	return control.NewClient(folder).Ask(context.Background(), control.Question{Method: "GET", Path: "units"})
}

// TestAServerIsAskedOnItsSocket: whose folder has a long name too.
func TestAServerIsAskedOnItsSocket(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("d", 200))
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	serve(t, folder, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path)
	})
	a, err := ask(folder)
	if err != nil || string(a.Body) != "GET /api/v1/units" || a.Tag != 7 {
		t.Errorf("%s %v", a.Body, err)
	}
	info, err := os.Stat(filepath.Join(folder, "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestANewServerTakesTheSocketOver: the one before may end later, and does not take it away.
func TestANewServerTakesTheSocketOver(t *testing.T) {
	folder := t.TempDir()
	before := serve(t, folder, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "old") })
	serve(t, folder, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "new") })
	for range 2 {
		if a, err := ask(folder); err != nil || string(a.Body) != "new" {
			t.Errorf("%s %v", a.Body, err)
		}
		_ = before.Close()
	}
}

func TestWithoutAServerItIsSaidWhatToDo(t *testing.T) {
	f := func(folder, vi, en string) {
		t.Helper()
		_, err := ask(folder)
		if err == nil || !strings.Contains(wording.ErrorIn(err, wording.Vietnamese), vi) || !strings.Contains(wording.ErrorIn(err, wording.English), en) {
			t.Errorf("%v", err)
		}
		if control.NewClient(folder).Running(context.Background()) {
			t.Error("it is said to run")
		}
	}
	folder := t.TempDir()
	f(folder, "không có máy chủ nào chạy", "no server runs on "+folder)
	f(filepath.Join(folder, "absent"), "không có máy chủ nào chạy", "no server runs on ")
	l, err := control.Listen(folder)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close() // killed: the file stays
	f(folder, "không có máy chủ nào chạy", "no server runs on ")
}

func TestWhatTheServerRefusesIsSaidInALanguage(t *testing.T) {
	folder := t.TempDir()
	serve(t, folder, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"type":"urn:lachan:problem:locked","status":403,"detail":"khóa | locked","vi":"khóa","en":"locked","field":"name"}`)
	})
	_, err := ask(folder)
	var p *api.Problem
	if !errors.As(err, &p) || p.Field != "name" || wording.ErrorIn(err, wording.English) != "locked" || wording.ErrorIn(err, wording.Vietnamese) != "khóa" {
		t.Errorf("%v", err)
	}
}

// TestWhoComesInIsKnownByTheirNumber: root and the owner of the server, and nobody else.
func TestWhoComesInIsKnownByTheirNumber(t *testing.T) {
	folder := t.TempDir()
	serve(t, folder, func(w http.ResponseWriter, r *http.Request) {
		who, known := api.ActorOf(r.Context())
		_, _ = io.WriteString(w, who.ID+" "+who.Via+" "+strconv.FormatBool(known && who.Machine))
	})
	if a, err := ask(folder); err != nil || string(a.Body) != "uid:"+strconv.Itoa(os.Getuid())+" cli true" {
		t.Errorf("%s %v", a.Body, err)
	}
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	for _, path := range []string{folder, filepath.Dir(folder), filepath.Join(folder, "control.sock")} {
		if err := os.Chmod(path, 0o777); err != nil { // the rights of the files do not help, the kernel tells
			t.Fatal(err)
		}
	}
	if a := asUser(t, 65534, folder); a != "  false" {
		t.Errorf("another user comes in as %q", a)
	}
}

// asUser is what a client of another user is answered. The kernel notes the user of the
// thread that connects, which ends with the test.
func asUser(t *testing.T, uid int, folder string) (answer string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // it ends with the goroutine, as it is another user's from then on
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), uintptr(uid), ^uintptr(0)); errno != 0 {
			t.Error(errno)
			return
		}
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err == nil {
			err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: filepath.Join(folder, "control.sock")})
		}
		if err != nil {
			t.Error(err)
			return
		}
		f := os.NewFile(uintptr(fd), "socket")
		defer f.Close()
		_, _ = io.WriteString(f, "GET /api/v1/units HTTP/1.0\r\n\r\n")
		text, err := io.ReadAll(f)
		if err != nil {
			t.Error(err)
		}
		_, answer, _ = strings.Cut(string(text), "\r\n\r\n")
	}()
	<-done
	return answer
}
