package job

import (
	"context"
	"time"

	"lachan/cmd/lachan/command"
	"lachan/policy/source"
)

// tableTime is how long a table of units may take to be read.
const tableTime = time.Minute

// A tableOrder is a table of units as somebody has sent it.
type tableOrder struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

type tableAnswer struct {
	Table *source.Table `json:"table"`
	Lines []int         `json:"lines"` // of the rows
}

// Table reads a table of units, csv or a workbook.
func (j *Jobs) Table(ctx context.Context, name string, data []byte) (*source.Table, error) {
	var answer tableAnswer
	if err := j.run(ctx, "table", nil, tableTime, tableOrder{name, data}, &answer); err != nil {
		return nil, err
	}
	for i, line := range answer.Lines {
		answer.Table.Rows[i].Line = line
	}
	return answer.Table, nil
}

func readTable(_ command.Call, o tableOrder) (answer tableAnswer, err error) {
	answer.Table = source.ReadTable(o.Name, o.Data)
	for i := range answer.Table.Rows {
		answer.Lines = append(answer.Lines, answer.Table.Rows[i].Line)
	}
	return answer, nil
}
