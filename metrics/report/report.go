// Package report makes the document that an education office files: what was
// filtered in a period, in figures that are exact, and what is not known, said
// plainly.
//
// Package figures reads the numbers; here they become one Model, all sentences
// and tables and no layout. The packages below this one draw it: html, pdf, docx
// and xlsx. The document is a Vietnamese one, in the form of decree
// 30/2020/NĐ-CP, so its sentences are Vietnamese alone: short ones stand in the
// code, long ones in text/*.tmpl.
package report

import (
	"context"

	"lachan/internal/printable"
	"lachan/metrics/report/figures"
)

// mostWritten bounds each text that others wrote in a report, in characters.
const mostWritten = 4000

// Build makes the report that the spec asks for. An error is the engine's, or
// figures.ErrUnit.
func Build(ctx context.Context, engine figures.Engine, spec figures.Spec) (*Model, error) {
	printable.Every(&spec, mostWritten)
	r, err := figures.Build(ctx, engine, spec)
	if err != nil {
		return nil, err
	}
	return write(r), nil
}
