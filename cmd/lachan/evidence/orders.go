package evidence

import (
	"context"
	"fmt"
	"slices"

	"lachan/blocklist/order"
	"lachan/metrics/report/figures"
)

// How each order of an authority was carried out at each node, and where nothing proves that.

// An ordered is an order, or a version of a list, with its records by node.
type ordered struct {
	figures.Order
	of map[string]figures.Order
}

// orders adds a row for each order and node.
func (m *maker) orders(context.Context) error {
	t := table{columns: []string{
		"Số văn bản", "Cơ quan", "Danh sách", "Phiên bản", "SHA-256", "Khẩn", "Ngày văn bản", "Cơ quan ký phát hành lúc", "Nút",
		"Nút nhận lúc", "Có hiệu lực trên nút lúc", "Mất (giờ:phút:giây)", "Hạn (giờ)", "Trong hạn", "Số mục",
	}}
	list := m.ordered()
	for _, o := range list {
		limit := order.Limit
		if o.Urgent {
			limit = order.UrgentLimit
		}
		for _, node := range m.nodes() {
			is, proven := o.of[node]
			cells := []string{
				o.Document, o.Authority, o.Feed, number(o.Version), o.Digest, yes(o.Urgent), m.day(&o.Order),
				m.moment(o.Published), node,
			}
			hours := fmt.Sprint(limit.Hours())
			if proven {
				cells = append(cells, m.moment(is.Received), m.moment(is.InForce), clock(is.Took), hours,
					yes(is.Within()), fmt.Sprint(is.Entries))
			} else {
				cells = append(cells, "–", "–", "–", hours, "không có bản ghi", "–")
			}
			t.row(cells...)
		}
	}
	m.table("orders.csv", "Thực hiện văn bản, từng nút", "Mỗi văn bản (hoặc phiên bản danh sách của cơ quan) có hiệu lực trong kỳ một "+
		"dòng cho mỗi nút: nhận lúc nào, có hiệu lực lúc nào, có trong hạn 24 giờ (khẩn: 6 giờ) không. Nút không có bản ghi cũng có dòng.", t)
	return nil
}

// ordered are the orders of which a node says that they came in force in the period, in that order.
func (m *maker) ordered() (list []*ordered) {
	known := map[[3]string]*ordered{}
	for _, o := range figures.OrdersIn(m.Orders, m.period) {
		if !o.InForce.Before(m.At) {
			continue
		}
		id := [3]string{o.Feed, o.Document, o.Digest}
		if known[id] == nil {
			known[id] = &ordered{o, map[string]figures.Order{}}
			list = append(list, known[id])
		}
	}
	for _, o := range m.Orders { // one that was late may lie behind the period
		if is := known[[3]string{o.Feed, o.Document, o.Digest}]; is != nil && o.InForce.Before(m.At) {
			is.of[o.Node] = o
		}
	}
	return list
}

// nodes are those that answer for the units of the pack, and of everything those of which there
// are records too, in the order of their names.
func (m *maker) nodes() (names []string) {
	for _, n := range m.Model.Data.Coverage.Nodes {
		if !n.Retired {
			names = append(names, n.Node)
		}
	}
	if m.unit == "" || len(names) == 0 {
		for _, o := range m.Orders {
			names = append(names, o.Node)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
