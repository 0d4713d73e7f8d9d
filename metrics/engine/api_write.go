package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
)

// timeOf is a parameter that is a time, in seconds since 1970 or as RFC 3339
// has it.
func timeOf(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" {
		return otherwise, nil
	}
	const most = 1 << 40 // seconds: far beyond any date, and no overflow in milliseconds
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > -most && seconds < most {
		return time.UnixMilli(int64(seconds*1000 + 0.5)), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	return time.Time{}, badData(`invalid parameter %q: cannot parse %q to a valid timestamp`, name, text)
}

// durationOf is a duration, in seconds or as 1h30m.
func durationOf(text string) (time.Duration, error) {
	const most = 1 << 33 // seconds
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > -most && seconds < most {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	d, err := model.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("cannot parse %q to a valid duration", text)
	}
	return time.Duration(d), nil
}

func writeFailure(w http.ResponseWriter, err error) {
	var known *apiError
	if !errors.As(err, &known) {
		known = &apiError{http.StatusInternalServerError, "internal", err.Error()}
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(known.status)
	_ = json.NewEncoder(w).Encode(map[string]string{ // an error: the client is gone
		"status": "error", "errorType": known.kind, "error": known.text,
	})
}

// writeSuccess writes data. A result may be large: it is written as it is
// walked, never held as text.
func writeSuccess(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", contentType)
	out := bufio.NewWriterSize(w, 64<<10)
	_, _ = out.WriteString(`{"status":"success","data":`)
	if result, ok := data.(*promResult); ok {
		writeResult(out, result.Result)
	} else {
		text, err := json.Marshal(data) // strings, maps and labels
		if err != nil {
			text = []byte("null")
		}
		_, _ = out.Write(text)
	}
	_, _ = out.WriteString("}\n")
	_ = out.Flush() // an error: the client is gone
}

// writeResult writes a result in the form of the API. Errors stay in out.
func writeResult(out *bufio.Writer, result *promql.Result) {
	fmt.Fprintf(out, `{"resultType":%q,"result":`, result.Value.Type())
	var buffer []byte
	switch value := result.Value.(type) {
	case promql.Vector:
		_ = out.WriteByte('[')
		for i, s := range value {
			comma(out, i)
			metric(out, s.Metric)
			_, _ = out.WriteString(`,"value":`)
			buffer = appendPair(buffer[:0], s.T, s.F)
			_, _ = out.Write(append(buffer, '}'))
		}
		_ = out.WriteByte(']')
	case promql.Matrix:
		_ = out.WriteByte('[')
		for i, s := range value {
			comma(out, i)
			metric(out, s.Metric)
			_, _ = out.WriteString(`,"values":[`)
			for j, p := range s.Floats {
				comma(out, j)
				buffer = appendPair(buffer[:0], p.T, p.F)
				_, _ = out.Write(buffer)
			}
			_, _ = out.WriteString(`]}`)
		}
		_ = out.WriteByte(']')
	case promql.Scalar:
		_, _ = out.Write(appendPair(buffer, value.T, value.V))
	case promql.String:
		text, _ := json.Marshal(value.V) // a string
		_, _ = out.Write(append(appendTime(append(buffer, '['), value.T), ','))
		_, _ = out.Write(append(text, ']'))
	}
	_ = out.WriteByte('}')
}

func comma(out *bufio.Writer, i int) {
	if i > 0 {
		_ = out.WriteByte(',')
	}
}

// metric begins a series with its labels.
func metric(out *bufio.Writer, labels json.Marshaler) {
	text, _ := labels.MarshalJSON() // labels are strings
	_, _ = out.WriteString(`{"metric":`)
	_, _ = out.Write(text)
}

// appendPair appends [seconds,"value"].
func appendPair(b []byte, ms int64, v float64) []byte {
	b = append(appendTime(append(b, '['), ms), `,"`...)
	return append(strconv.AppendFloat(b, v, 'f', -1, 64), `"]`...)
}

// appendTime appends seconds, with milliseconds when there are any.
func appendTime(b []byte, ms int64) []byte {
	return strconv.AppendFloat(b, float64(ms)/1000, 'f', -1, 64)
}
