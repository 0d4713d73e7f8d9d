package chart_test

import (
	"testing"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

// TestNothingIsDrawnOutsideThePaper holds for any numbers, nothing among them.
func TestNothingIsDrawnOutsideThePaper(t *testing.T) {
	f := func(horizontal bool, values ...int64) {
		t.Helper()
		c := &report.Chart{Title: "Biểu đồ", Horizontal: horizontal, Series: []report.ChartSeries{{Name: "một", Values: values}}}
		for range values {
			c.Labels = append(c.Labels, "Ma túy, chất cấm, thuốc lá điện tử, rượu bia và những thứ khác nữa")
		}
		d := chart.Draw(c, 160)
		for _, s := range d.Shapes {
			if s.Text == "" && (s.X < 0 || s.Y < 0 || s.W < 0 || s.H < 0 || s.X+s.W > d.Width+0.01 || s.Y+s.H > d.Height) || s.Y > d.Height {
				t.Errorf("%v %v: %+v is outside %v x %v", horizontal, values, s, d.Width, d.Height)
			}
		}
	}
	for _, horizontal := range []bool{false, true} {
		f(horizontal, 0)
		f(horizontal, 1)
		f(horizontal, 5, 10, 99, 1000)
		f(horizontal, 1<<60, 1)
	}
}
