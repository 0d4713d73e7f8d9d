package pdf

import (
	"strings"

	"lachan/metrics/report"
)

// head draws the upper part of the first page: the office on the left, the
// nation on the right, then what this is.
func (d *document) head() {
	h := d.model.Head
	left, right := d.width*0.42, d.width*0.58
	y := marginTop
	d.SetFont("serif", "", 12)
	yLeft := y
	if h.Parent != "" {
		yLeft = d.centred(h.Parent, marginLeft, y, left-4)
	}
	d.SetFont("serif", "B", 12)
	yLeft = d.centred(h.Office, marginLeft, yLeft, left-4)
	d.rule(marginLeft+(left-4)/2, yLeft+0.8, (left-4)*0.4) // from a third to a half of the line

	d.SetFont("serif", "B", 12)

	yRight := d.centred(report.Nation, marginLeft+left-6, y, right+6)
	d.SetFont("serif", "B", 13)

	yRight = d.centred(report.Motto, marginLeft+left-6, yRight, right+6)
	d.rule(marginLeft+left-6+(right+6)/2, yRight+0.8, d.GetStringWidth(report.Motto)) // as long as the line

	y = max(yLeft, yRight) + 3
	d.SetFont("serif", "", bodySize)
	yLeft = d.centred(h.Number, marginLeft, y, left-4)
	d.SetFont("serif", "I", bodySize)
	y = max(yLeft, d.centred(h.Place, marginLeft+left-6, y, right+6)) + 3
	if d.model.Draft {
		d.SetFont("serif", "B", bodySize)
		y = d.centred("DỰ THẢO", marginLeft, y, left-4) + 1
	}

	d.SetFont("serif", "B", 14)
	y = d.centred(d.model.Title, marginLeft, y+2, d.width)
	d.SetFont("serif", "B", 13)
	y = d.centred(d.model.Subject, marginLeft+10, y, d.width-20)
	d.rule(marginLeft+d.width/2, y+0.8, d.width*0.25)
	d.SetY(y + 5)
	for i, line := range d.model.Provisional {
		if i == 0 {
			d.SetFont("serif", "BI", 12)
			d.paragraph("SỐ LIỆU TẠM THỜI", 0)
			d.SetFont("serif", "I", 12)
		}
		d.paragraph("- "+line, 0)
	}
	d.addressees()
	d.SetFont("serif", "", bodySize)
	for _, line := range d.model.Opening {
		d.paragraph(line, indent)
	}
}

// addressees stand in the middle under the title.
func (d *document) addressees() {
	if len(d.model.To) == 0 {
		return
	}
	d.SetFont("serif", "", bodySize)
	text := "Kính gửi: " + strings.Join(d.model.To, "; ") + "."
	d.SetY(d.centred(text, marginLeft, d.GetY(), d.width) + paragraph)
}

// signature draws the end of the report: recipients and signature. It is not
// torn by the end of a page.
func (d *document) signature() {
	d.SetFont("serif", "", bodySize)
	d.paragraph(d.model.Closing, indent)
	s := d.model.Signature
	lines := 0
	for _, line := range []string{s.Capacity, s.Position, s.Signer} {
		lines += min(len(line), 1)
	}
	const room = 25 // for hand and seal
	d.need(3 + float64(lines)*lineHeight(bodySize) + room)
	top, left := d.GetY()+3, d.width*0.5

	d.SetFont("serif", "B", bodySize)
	y := top
	for _, line := range []string{s.Capacity, s.Position} {
		if line != "" {
			y = d.centred(strings.ToUpper(line), marginLeft+left, y, d.width-left)
		}
	}
	y = d.centred(s.Signer, marginLeft+left, y+room, d.width-left)

	d.SetFont("serif", "BI", 12)
	d.Text(marginLeft, top+lineHeight(12)*0.8, "Nơi nhận:")
	d.SetFont("serif", "", 11)
	yLeft := top + lineHeight(12)
	for _, line := range d.model.Recipients {
		for _, words := range d.lines(line, left-5, 0) {
			d.Text(marginLeft, yLeft+lineHeight(11)*0.8, strings.Join(words, " "))
			yLeft += lineHeight(11)
		}
	}
	d.SetY(max(y, yLeft))
}
