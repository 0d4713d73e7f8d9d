package test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A debian is an empty root of Debian beside this one: dpkg works in it, and the
// scripts of packages call programs that only note how they were called.
type debian struct {
	t     *testing.T
	root  string
	path  string // of programs
	calls string // a file with a line for each call
}

func newDebian(t *testing.T) *debian {
	t.Helper()
	for _, tool := range []string{"dpkg", "dpkg-deb", "systemd-sysusers"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	d := &debian{t: t, root: filepath.Join(dir, "root"), calls: filepath.Join(dir, "calls")}
	tools := filepath.Join(dir, "tools")
	d.path = tools + ":" + os.Getenv("PATH") + ":/usr/sbin:/sbin"
	for _, folder := range []string{"var/lib/dpkg/updates", "var/lib/dpkg/info", "etc", "proc/net"} {
		d.must(os.MkdirAll(filepath.Join(d.root, folder), 0o755))
	}
	d.write("var/lib/dpkg/status", "")
	d.must(os.MkdirAll(tools, 0o755))
	for _, tool := range []string{"deb-systemd-helper", "deb-systemd-invoke"} {
		d.must(os.WriteFile(filepath.Join(tools, tool), []byte("#!/bin/sh\necho "+tool+` "$@" >>"`+d.calls+"\"\n"), 0o755))
	}
	// It says what the file of the name of what it is asked says.
	d.must(os.WriteFile(filepath.Join(tools, "systemctl"), []byte(`#!/bin/sh
echo systemctl "$@" >>"`+d.calls+`"
case "$*" in
*is-active*resolved*) [ -e "$DPKG_ROOT/run/resolved" ] ;;
*is-active*) [ -e "$DPKG_ROOT/run/pid" ] ;;
*MainPID*) cat "$DPKG_ROOT/run/pid" ;;
esac
`), 0o755))
	return d
}

func (d *debian) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *debian) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.root, name)
	d.must(os.MkdirAll(filepath.Dir(path), 0o755))
	d.must(os.WriteFile(path, []byte(text), 0o644))
}

// read is a file of the root, or "" if there is none.
func (d *debian) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(d.root, name))
	return string(text)
}

// dpkg runs it and returns what it and the scripts said, and what these called.
func (d *debian) dpkg(args ...string) (said, called string) {
	d.t.Helper()
	d.must(os.WriteFile(d.calls, nil, 0o644))
	c := exec.Command("dpkg", append([]string{
		"--root=" + d.root, "--force-script-chrootless", "--force-not-root", "--force-depends", "--force-unsafe-io",
		"--force-confold", "--force-architecture", "--log=/dev/null",
	}, args...)...)
	c.Env = append(os.Environ(), "PATH="+d.path)
	out, err := c.CombinedOutput()
	if err != nil {
		d.t.Fatalf("dpkg %s: %v\n%s", args, err, out)
	}
	calls, err := os.ReadFile(d.calls)
	d.must(err)
	return string(out), string(calls)
}

// packageOf makes the package of a version whose program is a text, by deploy/deb/build as
// `make deb` does. What is around it is not to change a byte.
func packageOf(t *testing.T, version, program, around string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", around+` exec ../deploy/deb/build "$@"`, "sh", file, "amd64", version, dir)
	c.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225600", "COMPRESSION=none", "HOST_PROGRAM="+binary,
		"LICENCES=../LICENSE") // those of all parts: TestAPackageInAnEmptyDebian
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return filepath.Join(dir, "lachan_"+version+"_amd64.deb")
}

func sumOf(t *testing.T, name string) [sha256.Size]byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(text)
}

// TestAPackageIsInstalledUpgradedAndPurged follows a machine through the life of the
// package, which is the same whoever builds it. What people wrote stays until the purge, the server is never stopped by an
// upgrade, and what is in the way of its port is told with the lines to type.
func TestAPackageIsInstalledUpgradedAndPurged(t *testing.T) {
	t.Parallel()
	d := newDebian(t)
	one, two := packageOf(t, "1.0", "#!/bin/sh\n# one\n", ""), packageOf(t, "1.1", "#!/bin/sh\n# two\n", "")
	elsewhere := "umask 077; export TZ=Asia/Ho_Chi_Minh LANG=vi_VN.UTF-8 LC_ALL=vi_VN.UTF-8;"
	if sumOf(t, one) != sumOf(t, packageOf(t, "1.0", "#!/bin/sh\n# one\n", elsewhere)) {
		t.Error("two packages of the same program differ: made in other folders, time zones, languages and masks")
	}
	d.must(os.MkdirAll(filepath.Join(d.root, "run/systemd/system"), 0o755))
	d.write("run/resolved", "")
	room := "proc/sys/net/core/rmem_max"
	d.write(room, "212992\n")
	d.write("proc/net/udp", "  sl  local_address\n   1: 3500007F:0035 00000000:0000 07\n") // 127.0.0.53:53

	said, called := d.dpkg("-i", one)
	for _, want := range []string{"systemd-resolved", "DNSStubListener=no", "/etc/resolv.conf", "systemctl enable --now lachan"} {
		if !strings.Contains(said, want) {
			t.Errorf("with port 53 taken the installation does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(called, "start lachan") || strings.Contains(called, "enable lachan") {
		t.Errorf("a server that cannot have its port was started:\n%s", called)
	}
	if d.read(room) != "4194304\n" {
		t.Errorf("the kernel keeps %s bytes of questions while the server is started anew", d.read(room))
	}
	d.write(room, "8388608\n") // somebody gave more
	if !strings.Contains(d.read("etc/passwd"), "lachan:") {
		t.Error("there is no user lachan")
	}
	if out, err := exec.Command(binary, "check", "--config", filepath.Join(d.root, "etc/lachan/lachan.yaml"),
		"--state_dir", t.TempDir()).CombinedOutput(); err != nil {
		t.Errorf("the configuration that is installed: %v\n%s", err, out)
	}

	d.write("etc/lachan/policy.yaml", "units: []\n# ours\n")
	d.write("var/lib/lachan/ledger/1", "a decision")
	d.write("var/lib/lachan.before-20260101-000000/ledger/1", "an earlier one")
	server := d.serve()
	_, called = d.dpkg("-i", two)
	if !strings.Contains(d.read("usr/bin/lachan"), "two") || d.read("run/replaced") != "1" {
		t.Errorf("the server was replaced %q times by the upgrade", d.read("run/replaced"))
	}
	said, downgrade := d.dpkg("-i", one)
	if !strings.Contains(d.read("usr/bin/lachan"), "one") || d.read("run/replaced") != "2" {
		t.Errorf("after the way back the server was replaced %q times:\n%s", d.read("run/replaced"), said)
	}
	if all := called + downgrade; strings.Contains(all, " stop ") || strings.Contains(all, "restart") {
		t.Errorf("an upgrade stops answers:\n%s", all)
	}
	if server.ProcessState != nil {
		t.Error("the server has ended")
	}
	if d.read(room) != "8388608\n" {
		t.Errorf("an upgrade made the room of the kernel %s", d.read(room))
	}

	_, called = d.dpkg("-r", "lachan")
	if !strings.Contains(called, "deb-systemd-invoke stop lachan.service") {
		t.Errorf("the removal did not stop the server:\n%s", called)
	}
	if d.read("var/lib/lachan/ledger/1") == "" || !strings.Contains(d.read("etc/lachan/policy.yaml"), "ours") {
		t.Error("the removal took the state or what people wrote")
	}
	d.write("proc/net/udp", "")
	d.must(os.Remove(filepath.Join(d.root, "run/pid")))
	if _, called = d.dpkg("-i", two); !strings.Contains(d.read("etc/lachan/policy.yaml"), "ours") {
		t.Error("what people wrote did not outlive the upgrade")
	}
	if !strings.Contains(called, "deb-systemd-invoke start lachan.service") {
		t.Errorf("installed again, and not started:\n%s", called)
	}
	d.dpkg("-P", "lachan")
	for _, name := range []string{"var/lib/lachan", "var/lib/lachan.before-20260101-000000", "etc/lachan", "usr/bin/lachan"} {
		if _, err := os.Stat(filepath.Join(d.root, name)); err == nil {
			t.Errorf("%s is still there after the purge", name)
		}
	}
	if _, called = d.dpkg("-i", two); !strings.Contains(called, "deb-systemd-invoke start lachan.service") ||
		!strings.Contains(called, "deb-systemd-helper enable lachan.service") {
		t.Errorf("with port 53 free the server was not started:\n%s", called)
	}
}

// serve starts what stands for the server: at SIGUSR2 it becomes the program that is
// installed, and counts how often in run/replaced.
func (d *debian) serve() *exec.Cmd {
	d.t.Helper()
	c := exec.Command("bash", "-c", `n=0
trap 'n=$((n+1)); printf %s $n >"$0/run/replaced"; ln -sfn /usr/bin/lachan "$0/proc/$$/exe"' USR2
mkdir -p "$0/proc/$$"; ln -sfn "/usr/bin/lachan (deleted)" "$0/proc/$$/exe"; printf %s $$ >"$0/run/pid"
while :; do read -rt 0.05 <> <(:) || :; done`, d.root)
	d.must(c.Start())
	d.t.Cleanup(func() {
		_ = c.Process.Kill() // an error means that it has ended
		_ = c.Wait()
	})
	deadline := time.Now().Add(soon)
	for d.read("run/pid") != strconv.Itoa(c.Process.Pid) {
		if time.Now().After(deadline) {
			d.t.Fatal("the server does not start")
		}
		<-time.After(lookEach)
	}
	return c
}

// TestAPackageInAnEmptyDebian has the package of this tree, with the program as it is
// released, installed by apt in a Debian with nothing in it, upgraded and purged, and
// read by lintian. It is only part of make proof.
func TestAPackageInAnEmptyDebian(t *testing.T) {
	if os.Getenv("TEST_PROOF") == "" {
		t.Log("its small form is TestAPackageIsInstalledUpgradedAndPurged; TEST_PROOF=1 runs it")
		return
	}
	for _, tool := range []string{"mmdebstrap", "lintian"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "lachan")
	do := func(env []string, name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Env = append(os.Environ(), env...)
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		if err := c.Run(); err != nil {
			t.Fatalf("%s %s: %v\n%s", name, args, err, out.String())
		}
		return out.String()
	}
	var sums []string
	for range 2 {
		do([]string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=1.0", "-o", program, "lachan/cmd/lachan")
		do([]string{"SOURCE_DATE_EPOCH=1767225600"}, "../deploy/deb/build", program, "amd64", "1.0", dir)
		sums = append(sums, do(nil, "sha256sum", filepath.Join(dir, "lachan_1.0_amd64.deb")))
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ: %s", sums)
	}
	do([]string{"SOURCE_DATE_EPOCH=1767225600"}, "../deploy/deb/build", program, "amd64", "1.1", dir)
	if said := do(nil, "lintian", "--fail-on", "error,warning", filepath.Join(dir, "lachan_1.1_amd64.deb")); strings.Contains(said, "W:") {
		t.Error(said)
	}
	life := fmt.Sprintf(`set -e
export DEBIAN_FRONTEND=noninteractive
apt-get install -qy --no-install-recommends %[1]s/lachan_1.0_amd64.deb
lachan version; getent passwd lachan; lachan check --config /etc/lachan/lachan.yaml
echo '# ours' >>/etc/lachan/policy.yaml; install -d -o lachan /var/lib/lachan
apt-get install -qy %[1]s/lachan_1.1_amd64.deb </dev/null
apt-get install -qy --allow-downgrades %[1]s/lachan_1.0_amd64.deb </dev/null
grep ours /etc/lachan/policy.yaml
apt-get remove -qy lachan; test -d /var/lib/lachan; test -e /etc/lachan/policy.yaml
apt-get purge -qy lachan; ! test -e /var/lib/lachan; ! test -e /etc/lachan; echo whole life`, "/packages")
	said := do(nil, "mmdebstrap", "--variant=apt", "--customize-hook=mkdir $1/packages; cp "+dir+"/*.deb $1/packages",
		"--customize-hook=chroot $1 sh -ec '"+strings.ReplaceAll(life, "'", `'\''`)+"'", cmp.Or(os.Getenv("TEST_SUITE"), "bookworm"), "/dev/null")
	if !strings.Contains(said, "whole life") {
		t.Error(said)
	}
}
