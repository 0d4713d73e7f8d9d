package resolver

import (
	"lachan/metrics"
	"lachan/resolver/dnswire"
)

// isCheck tells whether q asks the name by which people see whether the filter
// is in use. It is nobody's business but the resolver's: no policy judges it, and
// it counts for no school.
func (q *Query) isCheck() bool {
	check := q.world.settings.CheckName
	return check != nil && q.Class == dnswire.ClassIN && q.Name.Equal(check)
}

// check says that the filter is in use. The text, for who asks only, tells the
// client's unit and how the question came; the address is that of the block
// page or else the client's own, as the filter sees it. Nobody may keep it.
func (q *Query) check() {
	q.action = metrics.ActionLocal
	if q.Type == dnswire.TypeTXT {
		q.start(dnswire.RcodeSuccess)
		q.reply.RecordOf(dnswire.SectionAnswer, q.reply.OwnerPointer(), dnswire.TypeTXT, dnswire.ClassIN, 0,
			appendStrings(nil, "ok", "unit="+q.unit(), "via="+q.transport.String()))
		return
	}
	v4, v6 := q.world.settings.PageV4, q.world.settings.PageV6
	if !v4.IsValid() && !v6.IsValid() {
		if v4 = q.client; v4.Is6() {
			v4, v6 = v6, v4.WithZone("")
		}
	}
	q.answerAddress(0, v4, v6)
}

// unit is the id of q's unit, "school" or "school/group"; "none" of unknown
// clients.
func (q *Query) unit() string {
	of := q.world.rules.Policy().Groups()[q.group]
	switch {
	case of.Kind == 0:
		return "none"
	case of.ID != "":
		return of.School + "/" + of.ID
	}
	return of.School
}

// appendStrings appends character strings (RFC 1035 section 3.3), each cut to the
// 255 octets that it can have.
func appendStrings(rdata []byte, texts ...string) []byte {
	for _, text := range texts {
		text = text[:min(len(text), 255)]
		rdata = append(append(rdata, byte(len(text))), text...)
	}
	return rdata
}
