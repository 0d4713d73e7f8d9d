package source

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"lachan/internal/charset"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// csvColumns are the columns that a file of units may have, in any order; only
// id is required. kind is school where it is empty or the column is not there.
var csvColumns = []string{
	"id", "parent", "name", "kind", "level", "code", "type", "students", "networks", "profile", "links", "link_tokens", "contact",
}

// ReadCSV reads units from a table whose first line names its columns.
// The separator is what the first line uses: comma, semicolon or tab, as
// spreadsheets of different languages write them. Networks within a field are
// separated by spaces, commas or semicolons.
func ReadCSV(file string, data []byte) (units []Unit, problems yamlfile.Problems) {
	data = bytes.TrimPrefix(charset.Text(data), []byte("\ufeff"))
	header, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	for _, separator := range ";\t" {
		if bytes.ContainsRune(header, separator) && !bytes.ContainsRune(header, ',') {
			r.Comma = separator
		}
	}
	columns, problems := csvHeader(file, r)
	if problems != nil {
		return nil, problems
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return units, problems
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			problems.Add(file, broken.Line, textCSVSyntax.With(broken.Err))
			return units, problems
		}
		line, _ := r.FieldPos(0)
		if len(row) != len(columns) {
			problems.Add(file, line, textCSVFields.With(len(row), len(columns)))
			continue
		}
		unit := Unit{Line: yamlfile.Line(line), File: file}
		if problem := csvUnit(&unit, columns, row, line); problem != nil {
			problems.Add(file, line, *problem)
			continue
		}
		units = append(units, unit)
	}
}

// csvHeader reads the names of the columns.
func csvHeader(file string, r *csv.Reader) (columns []string, problems yamlfile.Problems) {
	row, err := r.Read()
	if err != nil {
		problems.Add(file, 1, textCSVHeader.With(strings.Join(csvColumns, ",")))
		return nil, problems
	}
	for _, column := range row {
		column = strings.ToLower(strings.TrimSpace(column))
		if !slices.Contains(csvColumns, column) {
			problems.Add(file, 1, Nearest(textCSVColumn.With(column, strings.Join(csvColumns, ",")), column, csvColumns))
		} else if slices.Contains(columns, column) {
			problems.Add(file, 1, textCSVColumnTwice.With(column))
		}
		columns = append(columns, column)
	}
	if problems == nil && !slices.Contains(columns, "id") {
		problems.Add(file, 1, textCSVHeader.With(strings.Join(csvColumns, ",")))
	}
	return columns, problems
}

// csvUnit fills a unit from a row.
func csvUnit(u *Unit, columns, row []string, line int) *wording.Text {
	for i, column := range columns {
		value := strings.TrimSpace(row[i])
		if value == "" {
			continue
		}
		at := yamlfile.At[string]{V: value, Line: line}
		switch column {
		case "id":
			u.ID = value
		case "parent":
			u.Parent = at
		case "name":
			u.Name = value
		case "level":
			u.Level = at
		case "code":
			u.Code = value
		case "type":
			u.Type = value
		case "profile":
			u.Profile = at
		case "networks":
			u.Networks = csvItems(value, line)
		case "links":
			u.Links = csvItems(value, line)
		case "link_tokens":
			u.LinkTokens = csvItems(value, line)
		case "contact":
			u.Contact = csvItems(value, line)
		case "kind":
			if err := u.Kind.UnmarshalText([]byte(value)); err != nil {
				text := textKind.With(value)
				return &text
			}
		case "students":
			students, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				text := TextStudents.With(value)
				return &text
			}
			u.Students = int(students)
		}
	}
	return nil
}

// csvItems reads what is separated by spaces or punctuation.
func csvItems(field string, line int) (items []yamlfile.At[string]) {
	separator := func(c rune) bool { return c == ' ' || c == ';' || c == ',' || c == '\t' || c == '\n' }
	for _, item := range strings.FieldsFunc(field, separator) {
		items = append(items, yamlfile.At[string]{V: item, Line: line})
	}
	return items
}
