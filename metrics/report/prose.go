package report

import (
	"embed"
	"strings"
	"text/template"
)

// Long texts of the report, one paragraph for each item, wrapped as their editors
// like: a line break within a paragraph is a space.
//
//go:embed text
var texts embed.FS

// items are the paragraphs of a text, with its fields filled in.
func items(name string, fields map[string]any) (blocks []Block) {
	t, err := template.New(name+".tmpl").Option("missingkey=error").ParseFS(texts, "text/"+name+".tmpl")
	var b strings.Builder
	if err == nil {
		err = t.Execute(&b, fields)
	}
	if err != nil {
		panic(err) // the texts are built in, and every report has them
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(b.String()), "\n\n") {
		blocks = append(blocks, item(strings.Join(strings.Fields(paragraph), " ")))
	}
	return blocks
}
