package report

import (
	"cmp"
	"fmt"
	"slices"

	"lachan/metrics/report/figures"
)

// Names of the bars.
const (
	harmfulName   = "Nội dung gây hại"
	managedName   = "Nội dung cần quản lý"
	contentName   = "Nội dung gây hại và cần quản lý"
	technicalName = "Kỹ thuật, quảng cáo"
)

// categoriesChart has the ten largest groups of content, adverts apart: they
// would dwarf all else. It is nil if nothing was blocked.
func categoriesChart(data *figures.Data) *Chart {
	var list []figures.CategoryCount
	for _, c := range data.Categories {
		if c.Class != figures.Technical && c.Blocked.Value > 0 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(
		list,
		func(x, y figures.CategoryCount) int { return cmp.Compare(y.Blocked.Value, x.Blocked.Value) },
	)
	if len(list) == 0 {
		return nil
	}
	chart := &Chart{
		Title:      "Số lượt bị chặn theo nhóm nội dung (không gồm kỹ thuật, quảng cáo)",
		Horizontal: true,
		Series:     []ChartSeries{{Name: contentName}},
	}
	for _, c := range list[:min(10, len(list))] {
		chart.Labels = append(chart.Labels, c.Label)
		chart.Series[0].Values = append(chart.Series[0].Values, c.Blocked.Value)
	}
	return chart
}

func monthsChart(data *figures.Data) *Chart {
	chart := &Chart{
		Title:  "Số lượt bị chặn theo tháng",
		Series: []ChartSeries{{Name: harmfulName}, {Name: managedName}, {Name: technicalName}},
	}
	for _, m := range data.Months {
		chart.Labels = append(chart.Labels, m.Label)
		for i, f := range []figures.Figure{m.Harmful, m.Managed, m.Technical} {
			chart.Series[i].Values = append(chart.Series[i].Values, f.Value)
		}
	}
	return chart
}

func hoursChart(data *figures.Data) *Chart {
	chart := &Chart{
		Title:  "Số lượt bị chặn theo giờ trong ngày",
		Series: []ChartSeries{{Name: contentName}, {Name: technicalName}},
	}
	for hour, c := range data.Hours.Counts {
		chart.Labels = append(chart.Labels, fmt.Sprint(hour))
		chart.Series[0].Values = append(chart.Series[0].Values, c.Content.Value)
		chart.Series[1].Values = append(chart.Series[1].Values, c.Technical.Value)
	}
	return chart
}
