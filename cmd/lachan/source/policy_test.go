package source_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
)

func TestAPolicyThatIsNotThereIsToldOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("lachan.yaml", []byte("policy: chinh-sach.yaml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, problems := config.Load("lachan.yaml", nil)
	_, said := source.LoadPolicy(cfg, nil)
	var got []string
	for _, p := range append(problems, said...) {
		got = append(got, p.Error())
	}
	want := []string{`lachan.yaml:1: policy: không đọc được tệp chính sách: open chinh-sach.yaml: no such file or directory; hãy tạo tệp, hoặc ghi policy: "" để mọi máy dùng chung một hồ sơ mặc định | policy: cannot read the policy: open chinh-sach.yaml: no such file or directory; create the file, or write policy: "" to give everyone the default profile`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
