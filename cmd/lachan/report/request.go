package report

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/metrics/report"
	"lachan/metrics/report/docx"
	"lachan/metrics/report/figures"
	"lachan/metrics/report/html"
	"lachan/metrics/report/pdf"
	"lachan/metrics/report/xlsx"
	"lachan/policy"
)

// A Request is which report is wanted, and how.
type Request struct {
	Unit     string // the id of a unit, or "all"
	Period   string // as ParsePeriod of metrics/report reads it
	Document string // the number of an order; "" for none
	Format   string // one of Formats
	Out      string // the file to write; "-" is standard output
	Typed    string // the file with what the officer has typed
}

// everySchool is the unit of an operator's report.
const everySchool = "all"

// A Format is one way of writing a report.
type Format struct {
	Name, MediaType string
	Write           func(io.Writer, *report.Model) error
}

var formats = []Format{
	{"pdf", "application/pdf", pdf.Write},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx.Write},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.Write},
	{"html", "text/html; charset=utf-8", html.Write},
	{"json", "application/json", func(w io.Writer, m *report.Model) error { return m.WriteJSON(w) }},
}

// FormatNamed finds a format; the error is for the caller to show.
func FormatNamed(name string) (Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, usage(config.ReportNoFormat.With(name, strings.Join(names, ", ")))
}

// Complete fills in what is not given, and reports what cannot be.
func (o *Request) Complete(
	in figures.Calendar, orders []figures.Order,
) (period figures.Period, format Format, err error) {
	if o.Unit == "" {
		return period, format, usage(config.ReportNoUnit)
	}
	if o.Document != "" {
		if err := o.sinceOrdered(in, orders); err != nil {
			return period, format, err
		}
	}
	if o.Period == "" {
		return period, format, usage(textNoPeriod)
	}
	period, err = figures.ParsePeriod(o.Period, in)
	if err != nil {
		return period, format, command.UsageError{Command: "lachan report", Text: wording.Of(err)}
	}
	if ending := strings.TrimPrefix(filepath.Ext(o.Out), "."); o.Format == "" {
		o.Format = "pdf"
		if slices.ContainsFunc(formats, func(f Format) bool { return f.Name == ending }) {
			o.Format = ending
		}
	}
	if format, err = FormatNamed(o.Format); err != nil {
		return period, format, err
	}
	if o.Out == "" {
		o.Out = fileOf(o.Unit, period, format)
		if o.Document != "" {
			o.Out = "van-ban-" + strings.NewReplacer("/", "-", `\`, "-", " ", "-").Replace(o.Document) + "-" + o.Out
		}
	}
	if o.Typed == "" && o.Out != "-" && !command.IsStream(o.Out) {
		o.Typed = strings.TrimSuffix(o.Out, filepath.Ext(o.Out)) + ".yaml"
	}
	return period, format, nil
}

func fileOf(unit string, p figures.Period, f Format) string {
	return "bao-cao-" + unit + "-" + p.Code + "." + f.Name
}

func usage(t wording.Text) error { return command.UsageError{Command: "lachan report", Text: t} }

// Meant is an error of a report, which of a unit that nothing knows says which ones may be
// meant.
func Meant(err error, p *policy.Policy, unit string) error {
	if !errors.Is(err, figures.ErrUnit) {
		return err
	}
	return fmt.Errorf("%w%w", err, wording.Error(policy.NoUnit(wording.Text{}, p, unit, nil, "")))
}
