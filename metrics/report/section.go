package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// general is the section of what the report is on.
func (b *body) general() []Block {
	p := b.spec.Period
	contact := b.spec.Typed.Contact
	if contact == "" {
		contact = dots(40)
	}
	where := "toàn bộ hệ thống"
	if b.spec.Unit != "" {
		where = b.unit.Name
	}
	blocks := []Block{
		item("Kỳ báo cáo: " + p.InFull() + "."),
		item("Thời điểm chốt số liệu: " + figures.Moment(b.data.AsOf) + " (giờ Việt Nam)."),
		item(fmt.Sprintf("Phạm vi: %s; %s cơ sở giáo dục%s.", where, b.data.Coverage.Schools, b.students())),
		item("Đầu mối phụ trách: " + contact + "."),
	}
	if b.isMonth() {
		if b.spec.Typed.Contact == "" {
			blocks = blocks[:3]
		}
		return blocks
	}
	for _, why := range b.data.Provisional {
		blocks = append(blocks, item("Số liệu tạm thời: "+why))
	}
	if b.unit.Rank != figures.School && len(b.data.Levels) > 0 {
		blocks = append(blocks, item("Theo loại hình: "+b.types()+"."), tableBlock("Cơ sở theo cấp học", b.levelsTable()))
	}
	return blocks
}

// students is the number of pupils in words; "" if it is not known.
func (b *body) students() string {
	if n := b.pupils(); n.Known() {
		return ", " + n.String() + " học sinh"
	}
	return ""
}

// deployment is the section on schools, nodes and policies.
func (b *body) deployment() []Block {
	c := b.data.Coverage
	of := "thời gian học"
	if c.Measure != "lessons" {
		of = "thời gian"
	}
	var blocks []Block
	if !b.isMonth() {
		blocks = append(blocks, heading("1. Mức độ bao phủ"))
	}
	if b.unit.Rank == figures.School {
		blocks = append(blocks, para("Nhà trường được bảo vệ %s %s trong kỳ; %s.", c.Time, of, b.completeness()))
	} else {
		blocks = append(blocks,
			para("Trong %s cơ sở giáo dục: %s cơ sở đã kết nối, tức là có truy vấn trong kỳ (%s); %s cơ sở có dữ "+
				"liệu đầy đủ (%s), %s cơ sở có dữ liệu một phần (%s); %s cơ sở không có dữ liệu (%s). Tỷ lệ %s "+
				"được bảo vệ, bình quân một cơ sở: %s.",
				c.Schools, c.Asked, figures.Share(c.Asked, c.Schools),
				c.Full, figures.Share(c.Full, c.Schools),
				c.Partial, figures.Share(c.Partial, c.Schools),
				c.Silent, figures.Share(c.Silent, c.Schools), of, c.Time))
		blocks = append(blocks, b.quiet()...)
	}
	blocks = append(blocks, b.fewer()...)
	if b.isMonth() {
		return blocks
	}
	blocks = append(append(blocks, heading("2. Hạ tầng và độ sẵn sàng")), b.nodes()...)
	for _, n := range c.Nodes {
		if n.Short {
			said := "chưa gửi đủ số liệu"
			switch {
			case n.Retired:
				said = "đã ngừng hẳn"
			case n.Never:
				said = "chưa gửi số liệu nào"
			}
			blocks = append(blocks, item(fmt.Sprintf("Nút %s %s; số liệu đã có đến: %s.", n.Node, said, n.Until)))
		}
	}
	p := b.beside.Policy
	return append(blocks, heading("3. Chính sách áp dụng"),
		item("Số cơ sở bật tìm kiếm an toàn: "+b.ofSchools(p.SafeSearch)),
		item("Số cơ sở bật chế độ hạn chế của YouTube: "+b.ofSchools(p.YouTube)),
		item("Số cơ sở chặn công cụ vượt lọc (VPN, proxy, DNS mã hóa ngoài hệ thống): "+b.ofSchools(p.Circumvention)))
}

// nodes describes the nodes: together, and one by one if they are few.
func (b *body) nodes() []Block {
	const most = 20
	c := b.data.Coverage
	speed := "Thời gian trả lời (p50, p95): " + string(figures.NoData) + "."
	if c.Answers.Count.Known() {
		speed = fmt.Sprintf(
			"Thời gian trả lời: p50 %s, p95 %s (%s câu trả lời).",
			took(c.Answers.P50),
			took(c.Answers.P95),
			c.Answers.Count,
		)
	}
	blocks := []Block{para("Số nút phân giải tên miền phục vụ trong kỳ: %d. Tỷ lệ thời gian hoạt động (cả "+
		"ngày nghỉ, ban đêm), bình quân một cơ sở: %s. %s", len(c.Nodes), c.Up, speed)}
	if len(c.Nodes) == 0 || len(c.Nodes) > most {
		return blocks
	}
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Nút", 2.2, false},
		{"Tỷ lệ thời gian hoạt động", 1.5, true},
		{"Số câu trả lời", 1.8, true},
		{"p50", 1.1, true},
		{"p95", 1.1, true},
	}}
	for i, n := range c.Nodes {
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(i + 1)), text(n.Node), ratio(n.Up),
			figure(n.Answers.Count), text(took(n.Answers.P50)), text(took(n.Answers.P95)),
		}})
	}
	return append(blocks, tableBlock("Nút phân giải", t))
}

// ofSchools writes a number of schools and their share.
func (b *body) ofSchools(n figures.Figure) string {
	if !n.Known() {
		return n.String() + "."
	}
	return fmt.Sprintf("%s/%s (%s).", n, b.data.Coverage.Schools, figures.Share(n, b.data.Coverage.Schools))
}

func (b *body) completeness() string {
	switch c := b.data.Coverage; {
	case c.Full.Value > 0:
		return "dữ liệu đầy đủ"
	case c.Partial.Value > 0:
		return "dữ liệu chưa đầy đủ"
	}
	return "không có dữ liệu"
}

// few joins the first names of a list and the number of the others.
func few(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, "; ")
	}
	return fmt.Sprintf(
		"%s và %s đơn vị khác",
		strings.Join(names[:most], "; "),
		figures.Grouped(int64(len(names)-most)),
	)
}

// orders is the section on orders of authorities.
func (b *body) orders() []Block {
	c := b.data.Orders
	if c.Orders == 0 {
		return []Block{para("Trong kỳ không có danh sách nào của cơ quan có thẩm quyền được áp dụng.%s", b.holds())}
	}
	n := figures.Number(int64(c.Orders))
	blocks := []Block{para(
		"Trong kỳ đã áp dụng %s danh sách, phiên bản danh sách của cơ quan có thẩm quyền "+
			"(trong đó %d khẩn). Thời gian đến khi có hiệu lực: trung vị %s, lâu nhất %s. Áp dụng "+
			"trong 24 giờ: %d/%d (%s); trong 6 giờ: %d/%d (%s); đúng hạn theo yêu cầu của từng văn bản: %d/%d "+
			"(%s).%s%s",
		n, c.Urgent, figures.InWords(c.Median), figures.InWords(c.Worst),
		c.In24, c.Orders, figures.Share(figures.Number(int64(c.In24)), n),
		c.In6, c.Orders, figures.Share(figures.Number(int64(c.In6)), n),
		c.InLimit, c.Orders, figures.Share(figures.Number(int64(c.InLimit)), n), b.lateNodes(), b.holds(),
	)}
	if b.isMonth() && b.spec.Document == "" {
		return blocks
	}
	return append(blocks, b.provers(), tableBlock("Văn bản của cơ quan", b.ordersTable()))
}

// holds is the sentence on how often versions of lists were held back.
func (b *body) holds() string {
	n := 0
	for _, f := range b.spec.Feeds {
		for _, at := range f.Holds {
			if !at.Before(b.spec.Period.Start) && at.Before(b.spec.Period.End) {
				n++
			}
		}
	}
	return fmt.Sprintf(" Số lần tạm giữ phiên bản danh sách do kiểm tra an toàn: %d.", n)
}

// risks is the section on bypassing and incidents.
func (b *body) risks() []Block {
	tries := figures.Figure{Sign: figures.NoData}
	for _, c := range b.data.Categories {
		if c.Code == "circumvention" {
			tries = c.Blocked
		}
	}
	blocks := []Block{
		heading("1. Dấu hiệu vượt lọc"),
		para("Số lượt truy vấn bị chặn tới VPN, proxy, Tor và DNS mã hóa ngoài hệ thống: %s (phần lớn do "+
			"phần mềm tự gửi, không phải hành vi của học sinh).", tries),
	}
	blocks = append(
		append(blocks, b.suspects()...),
		heading("2. Sự cố"),
		para(
			"Thời gian không có nút nào phục vụ hoặc không có số liệu, bình quân một cơ sở: %s của kỳ.",
			rest(b.data.Coverage.Up),
		),
	)
	return append(blocks, typed(b.spec.Typed.Incidents)...)
}

// exceptions is the section on what was opened, and requests to open.
func (b *body) exceptions() []Block {
	p, brief := b.beside.Policy, ""
	if b.isMonth() {
		brief = b.lateInBrief()
	}
	blocks := []Block{para("Số lượt truy vấn được cho qua nhờ ngoại lệ: %s. Số ngoại lệ còn hiệu lực: %s; đã "+
		"quá hạn: %s.%s",
		b.data.Total.Excepted, p.Exceptions, p.Expired, brief)}
	if !b.isMonth() {
		blocks = append(blocks, b.late()...)
	}
	if len(b.spec.Typed.Requests) == 0 && b.isMonth() {
		return blocks
	}
	r := b.beside.Requests
	blocks = append(blocks,
		para("Số yêu cầu mở chặn gửi từ trang báo chặn: %s; đã trả lời: %s (đồng ý mở: %s; từ chối: %s); đang "+
			"xử lý: %s; quá hạn: %s. Thời gian xử lý tính theo giờ học: trung vị %s, 90%% số yêu cầu không quá %s.",
			r.Came, r.Answered, r.Opened, r.Refused, r.Open, r.Late, r.Median, r.P90),
		para("Các yêu cầu nhận ngoài hệ thống do đơn vị tổng hợp:"))
	return append(blocks, typed(b.spec.Typed.Requests)...)
}

// privacy is the section on what is kept of people.
func (b *body) privacy() []Block {
	f := b.spec.Keeping
	log, opened := "Chế độ ghi nhật ký truy vấn: tắt.", "0 (không có nhật ký để truy cập)"
	if f.QueryLog {
		log, opened = "Chế độ ghi nhật ký truy vấn: đang bật để xử lý sự cố; cần tắt khi xong.", string(figures.NoData)
	}
	kept := string(figures.NoData)
	if f.Retention > 0 {
		kept = fmt.Sprintf("%d ngày", int(f.Retention/(24*time.Hour)))
	}
	blocks := []Block{
		item("Hệ thống chỉ đếm số lượt theo trường và nhóm; không lưu địa chỉ máy, không lưu tên miền mà học " +
			"sinh truy vấn, trừ tên miền bị chặn đạt ngưỡng dưới đây. " + log),
		item("Thời hạn lưu số liệu thống kê: " + kept + "."),
		item("Số lần truy cập nhật ký truy vấn: " + opened + "."),
		item(fmt.Sprintf("Ngưỡng ẩn số liệu nhỏ: số liệu của đơn vị có dưới %d học sinh không được công bố "+
			"(ghi dấu *); số máy chỉ được lưu khi có từ %d máy; tên miền chỉ được lưu khi có từ %d máy của "+
			"từ %d trường.", figures.Smallest, leastClients, leastClients, leastSchools)),
	}
	blocks = append(blocks, b.taps()...)
	if len(b.spec.Typed.Privacy) > 0 {
		blocks = append(blocks, typed(b.spec.Typed.Privacy)...)
	}
	return blocks
}

// taps are the times in which names were told to a collector, one item for each.
func (b *body) taps() (blocks []Block) {
	for _, t := range b.spec.Keeping.Taps {
		if !t.Begin.Before(b.spec.Period.End) || !t.End.After(b.spec.Period.Start) {
			continue
		}
		why := t.Why
		if why == "" {
			why = "(đã xóa)"
		}
		zone := b.spec.Period.Start.Location()
		blocks = append(blocks, item(fmt.Sprintf("Đã cho nơi nhận dnstap biết tên được hỏi và câu trả lời, không kèm thiết bị, "+
			"từ %s đến %s; lý do: %s. Người đề nghị: %s; người xác nhận: %s (quyết định số %d trong sổ).",
			figures.Moment(t.Begin.In(zone)), figures.Moment(t.End.In(zone)), why, t.First, t.Second, t.Seq)))
	}
	return blocks
}

// shortcomings is the section on what is wrong: from the figures, then the officer's own.
func (b *body) shortcomings() (blocks []Block) {
	c := b.data.Coverage
	if n := c.Partial.Value + c.Silent.Value; n > 0 && b.unit.Rank != figures.School {
		blocks = append(blocks, item(fmt.Sprintf("Còn %s/%s cơ sở chưa có dữ liệu đầy đủ, trong đó %s cơ sở "+
			"không có dữ liệu.", figures.Grouped(n), c.Schools, c.Silent)))
	}
	var late []string
	for _, f := range b.spec.Feeds {
		if f.Late {
			late = append(late, f.Name)
		}
	}
	if slices.Sort(late); len(late) > 0 {
		blocks = append(blocks, item("Danh sách quá hạn cập nhật: "+few(late, 10)+"."))
	}
	if o := b.data.Orders; o.InLimit < o.Orders {
		blocks = append(blocks, item(fmt.Sprintf("Có %d/%d danh sách của cơ quan có thẩm quyền được áp dụng "+
			"chậm so với thời hạn.", o.Orders-o.InLimit, o.Orders)))
	}
	for _, why := range b.data.Provisional {
		blocks = append(blocks, item(why))
	}
	return append(blocks, typed(b.spec.Typed.Shortcomings)...)
}

// plans is the section on what comes next.
func (b *body) plans() []Block {
	blocks := append([]Block{heading("1. Phương hướng, nhiệm vụ")}, typed(b.spec.Typed.Plans)...)
	return append(append(blocks, heading("2. Kiến nghị, đề xuất")), typed(b.spec.Typed.Proposals)...)
}

// took writes a time of Answers.
func took(label string) string {
	d, err := time.ParseDuration(label)
	switch {
	case label == figures.AnyLong:
		return "> 2,5 giây"
	case err != nil:
		return label
	case d < time.Second:
		return "≤ " + strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d%time.Second == 0:
		return "≤ " + strconv.FormatInt(int64(d/time.Second), 10) + " giây"
	}
	return "≤ " + figures.Decimal(d.Milliseconds()/100) + " giây"
}
