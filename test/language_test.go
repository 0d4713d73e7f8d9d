package test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOneLanguageAtATime runs commands in environments of many kinds: each says
// all it says in the language that the environment, or the flag, asks for.
func TestOneLanguageAtATime(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good.yaml": "state_dir: state\npolicy: \"\"\n", "bad.yaml": "state_dir: state\npolicy: \"\"\ncache: {entries: 0, entires: 1}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commands := []struct {
		args   string
		status int
		vi, en []string
	}{
		{"check --config good.yaml", 0, []string{"Tốt: good.yaml"}, []string{"Good: good.yaml"}},
		{"check --config bad.yaml", 1,
			[]string{"cache.entries: giá trị phải từ 1", `không có mục "entires"`, "2 lỗi cần sửa"},
			[]string{"cache.entries: the value must be from 1", `there is no key "entires"`, "problems: 2"}},
		{"explain", 2, []string{"lệnh này nhận 1 đối số", "xem: lachan explain --help"}, []string{"arguments: 1 wanted, 0 given", "see: lachan explain --help"}},
		{"check --hepl", 2, []string{"không hiểu dòng lệnh"}, []string{"cannot understand the command line"}},
		{"report --config good.yaml --unit all --period 2026-13", 2, []string{"không phải là kỳ báo cáo"}, []string{"is not a period"}},
		{"lists --help", 0, []string{"Các lệnh", "Tùy chọn chung", "LỆNH --help"}, []string{"Commands:", "Common flags:", "COMMAND --help"}},
	}
	f := func(environment, flag, want string) {
		t.Helper()
		for _, command := range commands {
			run := exec.Command(binary, strings.Fields(command.args+" "+flag)...)
			run.Dir, run.Env = dir, strings.Fields("PATH="+os.Getenv("PATH")+" "+environment)
			out, err := run.CombinedOutput()
			status := 0
			if failure := (*exec.ExitError)(nil); errors.As(err, &failure) {
				status = failure.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			text := string(out)
			if says := saysAll(text, command.vi); status != command.status || says != (want != "en") {
				t.Errorf("%s lachan %s %s: status %d, Vietnamese %v:\n%s", environment, command.args, flag, status, says, out)
			}
			if says := saysAll(text, command.en); says != (want != "vi") {
				t.Errorf("%s lachan %s %s: English %v:\n%s", environment, command.args, flag, says, out)
			}
			if want != "both" && strings.Contains(text, " | ") {
				t.Errorf("%s lachan %s %s: one beside the other:\n%s", environment, command.args, flag, out)
			}
		}
	}
	f("", "", "both")
	f("LANG=C.UTF-8", "", "both")
	f("LANG=POSIX", "", "both")
	f("LANG=fr_FR.UTF-8", "", "both")
	f("LANG=vi_VN.UTF-8", "", "vi")
	f("LANG=en_US.UTF-8", "", "en")
	f("LANG=en_US.UTF-8 LC_MESSAGES=vi_VN", "", "vi")
	f("LANG=vi_VN.UTF-8 LC_ALL=en_GB.UTF-8 LC_MESSAGES=vi_VN", "", "en")
	f("LANG=vi_VN.UTF-8 LC_ALL=C", "", "both")
	f("LANG=vi_VN.UTF-8 LC_ALL=", "", "vi")
	f("LANG=vi_VN.UTF-8 LACHAN_LANG=en", "", "en")
	f("LANG=vi_VN.UTF-8 LACHAN_LANG=both", "", "both")
	f("LANG=vi_VN.UTF-8 LACHAN_LANG=", "", "vi")
	f("LACHAN_LANG=en", "--lang vi", "vi")
	f("LANG=vi_VN.UTF-8", "--lang=both", "both")
	f("", "--lang=vi --lang=en", "en")
}

func saysAll(text string, sentences []string) bool {
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			return false
		}
	}
	return true
}

func TestALanguageThatIsNone(t *testing.T) {
	f := func(environment, args, want string) {
		t.Helper()
		run := exec.Command(binary, strings.Fields(args)...)
		run.Env = strings.Fields(environment)
		out, err := run.CombinedOutput()
		var failure *exec.ExitError
		if !errors.As(err, &failure) || failure.ExitCode() != 2 || !strings.HasPrefix(string(out), want) {
			t.Errorf("%s lachan %s: %v\n%s", environment, args, err, out)
		}
	}
	f("LANG=en_US", "version --lang fr", "--lang: there is no language \"fr\"; write \"vi\", \"en\" or \"both\"\nsee: lachan --help\n")
	f("LANG=en_US", "version --lang", "--lang: there is no language \"\"")
	f("LANG=vi_VN", "version --lang=VI", `--lang: không có ngôn ngữ "VI"; hãy ghi "vi", "en" hoặc "both" (cả hai)`)
	f("LACHAN_LANG=vn", "version", `LACHAN_LANG: không có ngôn ngữ "vn"; hãy ghi "vi", "en" hoặc "both" (cả hai) | LACHAN_LANG: there is no language "vn"`)
}

// TestJSONHasBothLanguages whatever people are spoken to in.
func TestJSONHasBothLanguages(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lachan.yaml")
	if err := os.WriteFile(file, []byte("policy: \"\"\ncache: {entries: 0}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var both string
	for _, l := range []string{"both", "vi", "en"} {
		out, _ := exec.Command(binary, "check", "--json", "--config", file, "--lang", l).Output() // it is bad
		if both == "" {
			both = string(out)
		}
		if !strings.Contains(both, `"vi": "cache.entries: giá trị`) || !strings.Contains(both, `"en": "cache.entries: the value`) || string(out) != both {
			t.Errorf("%s: %s", l, out)
		}
	}
}
