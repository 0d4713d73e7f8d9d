package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/metrics/report"
	"lachan/metrics/report/docx"
)

func document(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := new(report.Model)
	if err := json.NewDecoder(file).Decode(m); err != nil {
		t.Fatal(err)
	}
	m.Sections[0].Title += ` <&"' Ẵ`
	var b bytes.Buffer
	if err := docx.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryPartIsXMLAndNamed: Word opens nothing that has a broken part or a
// relationship to a part that is not there.
func TestEveryPartIsXMLAndNamed(t *testing.T) {
	data := document(t, "province-year")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		there[f.Name] = string(text)
		for d := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	for name, text := range there {
		if name != "[Content_Types].xml" && !strings.HasSuffix(name, ".rels") && !strings.Contains(there["[Content_Types].xml"], `PartName="/`+name+`"`) {
			t.Errorf("%s has no type", name)
		}
		for _, piece := range strings.Split(text, ` r:id="`)[1:] {
			id, _, _ := strings.Cut(piece, `"`)
			if !strings.Contains(there["word/_rels/document.xml.rels"], `Id="`+id+`"`) {
				t.Errorf("%s refers to %s, which is nothing", name, id)
			}
		}
	}
	if charts := strings.Count(there["word/_rels/document.xml.rels"], "relationships/chart"); charts != 3 {
		t.Errorf("%d charts", charts)
	}
	if text := there["word/document.xml"]; !strings.Contains(text, "<w:tblHeader/>") || strings.Count(text, "<w:sectPr>") != 5 {
		t.Error("tables do not repeat their heads, or annexes have no pages of their own")
	}
}

func TestTheSameModelGivesTheSameOctets(t *testing.T) {
	if !bytes.Equal(document(t, "school-month"), document(t, "school-month")) {
		t.Error("two documents of one model differ")
	}
}

// TestLibreOfficeOpensIt asks the program that offices without Word have.
func TestLibreOfficeOpensIt(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("soffice is not installed: apt-get install libreoffice-writer")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "report.docx")
	if err := os.WriteFile(file, document(t, "province-year"), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "txt:Text", "--outdir", dir, file)
	if out, err := convert.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{report.Nation, "KẾT QUẢ LỌC, CHẶN", `<&"' Ẵ`, "Phụ lục IV", "Nguyễn Văn A"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("LibreOffice does not read %q", want)
		}
	}
}
