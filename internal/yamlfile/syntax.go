package yamlfile

// What is wrong with a text that is not YAML. The reader, go.yaml.in/yaml/v3,
// has words for that and often the wrong line, so its messages are matched here
// and the line is searched; TestMistakes holds both, and fails if another
// version of the reader uses other words.
//
// github.com/goccy/go-yaml, whose errors have a line and a column, was measured
// in its place (v1.19.2, a policy of 40,000 schools, 8.5 MB): 9.4 s against
// 1.8 s to parse it, 1,220 MB allocated against 243 MB, 508 MB held against 181
// MB. Its messages have to be matched as well, its line of a list that is not
// closed is that of the text after it, and it accepts text that is not UTF-8.

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"lachan/internal/wording"
)

var (
	syntaxError  = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	tabIndent    = regexp.MustCompile(`^ *\t`)
	noSpace      = regexp.MustCompile(`^[ -]*([A-Za-z_][A-Za-z0-9_]*:[^\s:/][^\s]*)`)
	unknownAlias = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// sentences are what the messages of the YAML reader mean to a person, matched
// by how they begin.
var sentences = []struct {
	message string
	text    wording.Text
}{
	{"found a tab character", textTab},
	{"found character that cannot start any token", textQuoteStart},
	{"did not find expected alphabetic or numeric character", textQuoteStart},
	{"unknown anchor", textQuoteStart},
	{"did not find expected tag URI", textQuoteStart},
	{"found undefined tag handle", textQuoteStart},
	{"did not find expected directive name", textQuoteStart},
	{"could not find expected directive name", textQuoteStart},
	{"found unknown directive name", textQuoteStart},
	{"could not find expected ':'", textNoColon},
	{"mapping values are not allowed", textTwoColons},
	{"block sequence entries are not allowed", textDash},
	{"did not find expected '-' indicator", textDash},
	{"did not find expected key", textIndent},
	{"did not find expected <document start>", textIndent},
	{unclosedList, textOpenList},
	{unclosedGroup, textOpenGroup},
	{unclosedQuote, textOpenQuote},
	{"found unexpected document indicator", textOpenQuote},
	{"found unknown escape character", textBackslash},
	{"did not find expected node content", textMisplaced},
	{"exceeded max depth", textTooDeep},
	{"control characters are not allowed", textNotUTF8},
	{"invalid leading UTF-8", textNotUTF8},
	{"invalid trailing UTF-8", textNotUTF8},
	{"incomplete UTF-8", textNotUTF8},
}

// Messages about something that is opened and not closed.
const (
	unclosedList  = "did not find expected ',' or ']'"
	unclosedGroup = "did not find expected ',' or '}'"
	unclosedQuote = "found unexpected end of stream"
)

// searchLimit bounds the size of the files in which the line of a mistake is
// searched by reading parts of it again. In a larger one the line is the one
// that the YAML reader names, which may be that of the group around it.
const searchLimit = 4 << 20

// syntaxProblem makes a sentence of an error of the YAML reader.
func syntaxProblem(file string, data []byte, err error) Problem {
	reported, message := splitError(err)
	line := syntaxLine(data, reported, message)
	if tabIndent.MatchString(lineOf(data, line)) {
		return Problem{file, line, textTab}
	}
	for _, s := range sentences {
		if !strings.HasPrefix(message, s.message) {
			continue
		}
		if s.text == textNoColon || s.text == textTwoColons {
			return colonProblem(file, data, line, s.text)
		}
		return Problem{file, line, s.text}
	}
	return Problem{file, line, textNotUnderstood.With(message)}
}

// colonProblem looks for the usual reason of a colon that is missing or too
// many: "key:value" on this line or, when that made it part of a longer value,
// on the one before.
func colonProblem(file string, data []byte, line int, otherwise wording.Text) Problem {
	for _, l := range []int{line, line - 1} {
		if joined := noSpace.FindStringSubmatch(lineOf(data, l)); joined != nil {
			return Problem{file, l, textNoSpace.With(joined[1])}
		}
	}
	return Problem{file, line, otherwise}
}

// splitError takes the line, 0 when there is none, and the message out of an
// error of the YAML reader.
func splitError(err error) (line int, message string) {
	m := syntaxError.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return line, m[2]
}

// syntaxLine is the line a person must look at, from 1. The YAML reader names
// the line where the group around the mistake begins, one less for some; so the
// first line with which the message appears is searched. A thing that is never
// closed is the exception: there the line where it is opened is wanted.
func syntaxLine(data []byte, reported int, message string) int {
	switch message {
	case unclosedList, unclosedGroup, unclosedQuote:
		return openedLine(data, reported, message)
	}
	if alias := unknownAlias.FindStringSubmatch(message); alias != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+alias[1]))
		return bytes.Count(before, []byte("\n")) + 1
	}
	if len(data) > searchLimit {
		return max(reported, 1)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	end := make([]int, len(lines)+1) // offset after each line, from 1
	for i, l := range lines {
		end[i+1] = end[i] + len(l)
	}
	line := sort.Search(len(lines), func(i int) bool {
		_, m := splitError(readAll(data[:end[i]]))
		return m == message
	})
	return max(line, 1)
}

// openedLine is the line of what is never closed. The YAML reader cannot name
// the first line, and the one before the right one for all but quotes, so it
// reads again with an empty line in front.
func openedLine(data []byte, reported int, message string) int {
	again, m := splitError(readAll(append([]byte("\n"), data...)))
	switch {
	case m != message:
		return max(reported, 1)
	case message == unclosedQuote:
		return max(again-1, 1)
	}
	return max(again, 1)
}

var errNone = errors.New("")

// readAll is the error of reading all documents, never nil.
func readAll(data []byte) error {
	read := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		if err := read.Decode(&n); errors.Is(err, io.EOF) {
			return errNone
		} else if err != nil {
			return err
		}
	}
}

func lineOf(data []byte, line int) string {
	lines := strings.Split(string(data), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}
