package job

import (
	"bytes"
	"context"
	"time"

	"lachan/cmd/lachan/command"
	formats "lachan/cmd/lachan/report"
	"lachan/metrics/report"
)

// documentTime is how long a document may take to be written.
const documentTime = 10 * time.Minute

// A documentOrder is a report to be written in a format.
type documentOrder struct {
	Format string        `json:"format"`
	Model  *report.Model `json:"model"`
}

type documentAnswer struct {
	Document []byte `json:"document"`
}

// Document writes a report in a format.
func (j *Jobs) Document(ctx context.Context, format string, m *report.Model) ([]byte, error) {
	var answer documentAnswer
	err := j.run(ctx, "document", nil, documentTime, documentOrder{format, m}, &answer)
	return answer.Document, err
}

func writeDocument(_ command.Call, o documentOrder) (answer documentAnswer, err error) {
	format, err := formats.FormatNamed(o.Format)
	if err != nil {
		return answer, err
	}
	var b bytes.Buffer
	err = format.Write(&b, o.Model)
	return documentAnswer{b.Bytes()}, err
}
