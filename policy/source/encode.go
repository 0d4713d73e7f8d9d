package source

import (
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"time"

	"lachan/internal/yamlfile"
)

// Units as bytes, for Kept: how many of what there is in all, then the units, field by
// field. The same code writes and reads, so that the two cannot differ.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeUnits is a piece that begins on a line.
func encodeUnits(units []Unit, line int) string {
	c := codec{base: line, room: &room{}}
	var all Counts
	all.count(units)
	c.counts(&all)
	listIn(&c, &c.room.units, &units, (*codec).unit)
	return string(c.data)
}

// decodeUnits reads what encodeUnits has made, for a piece that begins on another line.
// The units are in r, which may be nil, until it is used again.
func decodeUnits(text string, line int, r *room) (units []Unit, ok bool) {
	if r == nil {
		r = &room{}
	}
	r.empty()
	c := codec{base: line, reading: true, text: text, room: r}
	c.counts(&Counts{})
	listIn(&c, &c.room.units, &units, (*codec).unit)
	return units, !c.wrong && len(c.text) == 0
}

// countsOf are the counts that a piece begins with, no more than it has bytes.
func countsOf(text string) (all Counts) {
	c := codec{reading: true, text: text}
	c.counts(&all)
	for _, n := range []*int{&all.Units, &all.Networks, &all.Entries} {
		*n = max(0, min(*n, len(text)))
	}
	return all
}

// count adds what units have.
func (all *Counts) count(units []Unit) {
	all.Units += len(units)
	for i := range units {
		all.Networks += len(units[i].Networks)
		all.Entries += len(units[i].Allow) + len(units[i].Block)
		all.count(units[i].Groups)
	}
}

// A room has the lists of the units of one piece after another. They are a country's
// largest part by far, and most of the time that reading them takes is new memory.
type room struct {
	units    []Unit
	entries  []Entry
	rules    []Rule
	values   []yamlfile.At[string]
	prefixes []netip.Prefix
}

// empty makes place for another piece, in place of the one before.
func (r *room) empty() {
	r.units, r.entries, r.rules = r.units[:0], r.entries[:0], r.rules[:0]
	r.values, r.prefixes = r.values[:0], r.prefixes[:0]
}

// cut is a list of zeros of a room. Where there is no place left it makes more; the lists
// that were cut before stay as they are.
func cut[T any](of *[]T, size int) []T {
	if size == 0 {
		return []T{}
	}
	at := len(*of)
	if at+size > cap(*of) {
		*of, at = make([]T, 0, max(size, 2*cap(*of))), 0
	}
	*of = (*of)[:at+size]
	list := (*of)[at : at+size : at+size]
	clear(list)
	return list
}

// A codec writes values to data, or reads them off text.
type codec struct {
	room    *room
	base    int // the line on which the piece begins: lines count from it
	reading bool
	data    []byte
	text    string
	wrong   bool
}

func (c *codec) counts(all *Counts) {
	c.number(&all.Units)
	c.number(&all.Networks)
	c.number(&all.Entries)
}

func (c *codec) unit(u *Unit) {
	c.line((*int)(&u.Line))
	c.string(&u.File)
	c.string(&u.ID)
	c.at(&u.Parent)
	c.string(&u.Name)
	c.bool(&u.Shown)
	c.byte((*byte)(&u.Kind))
	c.at(&u.Level)
	c.string(&u.Code)
	c.string(&u.Type)
	c.number(&u.Students)
	c.at(&u.Profile)
	listIn(c, &c.room.values, &u.Networks, (*codec).at)
	listIn(c, &c.room.prefixes, &u.Prefixes, (*codec).prefix)
	listIn(c, &c.room.values, &u.Devices, (*codec).at)
	listIn(c, &c.room.values, &u.Links, (*codec).at)
	listIn(c, &c.room.values, &u.LinkTokens, (*codec).at)
	listIn(c, &c.room.values, &u.RADIUSIDs, (*codec).at)
	listIn(c, &c.room.values, &u.Contact, (*codec).at)
	listIn(c, &c.room.units, &u.Groups, (*codec).unit)
	if c.isThere(u.Calendar != nil) {
		if c.reading {
			u.Calendar = new(Calendar)
		}
		c.calendar(u.Calendar)
	}
	listIn(c, &c.room.values, &u.Lock, (*codec).at)
	listIn(c, &c.room.rules, &u.Rules, (*codec).rule)
	listIn(c, &c.room.entries, &u.Allow, (*codec).entry)
	listIn(c, &c.room.entries, &u.Block, (*codec).entry)
}

func (c *codec) rule(r *Rule) {
	c.line((*int)(&r.Line))
	c.at(&r.During)
	listIn(c, &c.room.entries, &r.Block, (*codec).entry)
	listIn(c, &c.room.entries, &r.Allow, (*codec).entry)
	c.at(&r.Profile)
	listIn(c, &c.room.entries, &r.Only, (*codec).entry)
}

// entry is short for most entries: they have a plain value alone.
func (c *codec) entry(e *Entry) {
	c.line((*int)(&e.Line))
	c.string(&e.Short)
	c.bool(&e.Plain)
	if !c.isThere(*e != Entry{Line: e.Line, Short: e.Short, Plain: e.Plain}) {
		return
	}
	c.string(&e.Name)
	c.string(&e.Category)
	c.string(&e.Service)
	c.string(&e.Who)
	c.string(&e.Why)
	c.string(&e.Document)
	c.moment(&e.From)
	c.moment(&e.Until)
}

func (c *codec) calendar(k *Calendar) {
	c.line((*int)(&k.Line))
	list(c, &k.Terms, (*codec).span)
	list(c, &k.Holidays, (*codec).span)
	list(c, &k.MakeUp, func(c *codec, m *MakeUp) {
		c.line((*int)(&m.Line))
		c.date(&m.Date)
		c.number((*int)(&m.As.V))
		c.line(&m.As.Line)
	})
	list(c, &k.Exams, (*codec).span)
}

func (c *codec) span(s *Span) {
	c.line((*int)(&s.Line))
	c.string(&s.Name)
	c.date(&s.From)
	c.date(&s.To)
}

func (c *codec) moment(m *Moment) {
	c.date(&m.Day)
	c.number(&m.Minute)
	if c.isThere(!m.Time.IsZero()) {
		text := m.Time.Format(time.RFC3339)
		c.string(&text)
		if c.reading {
			at, err := time.Parse(time.RFC3339, text)
			m.Time, c.wrong = at, c.wrong || err != nil
		}
	}
}

func (c *codec) date(d *yamlfile.Date) {
	if c.isThere(!d.IsZero()) {
		c.number(&d.Year)
		c.number((*int)(&d.Month))
		c.number(&d.Day)
	}
}

func (c *codec) prefix(p *netip.Prefix) {
	text, _ := p.MarshalBinary() // of an address without zone it cannot fail
	bytes := string(text)
	c.string(&bytes)
	if c.reading {
		c.wrong = p.UnmarshalBinary([]byte(bytes)) != nil || c.wrong
	}
}

func (c *codec) at(a *yamlfile.At[string]) {
	c.string(&a.V)
	c.line(&a.Line)
}

// list is listIn of a list that has memory of its own.
func list[T any](c *codec, items *[]T, item func(*codec, *T)) {
	var own []T
	listIn(c, &own, items, item)
}

// listIn is a list whose items item writes or reads, these into a room. Nil is another
// list than the empty one.
func listIn[T any](c *codec, in, items *[]T, item func(*codec, *T)) {
	size := uint64(0)
	if *items != nil {
		size = uint64(len(*items)) + 1
	}
	c.unsigned(&size)
	if c.reading && size > 0 {
		if size-1 > uint64(len(c.text)) { // each takes a byte at least
			c.wrong = true
			return
		}
		*items = cut(in, int(size-1))
	}
	for i := 0; i < len(*items) && !c.wrong; i++ {
		item(c, &(*items)[i])
	}
}

// isThere writes or reads whether a value follows.
func (c *codec) isThere(is bool) bool {
	c.bool(&is)
	return is && !c.wrong
}

func (c *codec) bool(is *bool) {
	set := byte(0)
	if *is {
		set = 1
	}
	c.byte(&set)
	*is = set == 1
}

func (c *codec) byte(b *byte) {
	switch {
	case !c.reading:
		c.data = append(c.data, *b)
	case len(c.text) == 0:
		c.wrong = true
	default:
		*b, c.text = c.text[0], c.text[1:]
	}
}

func (c *codec) string(s *string) {
	size := uint64(len(*s))
	c.unsigned(&size)
	switch {
	case !c.reading:
		c.data = append(c.data, *s...)
	case size > uint64(len(c.text)):
		c.wrong, c.text = true, ""
	default:
		*s, c.text = c.text[:size], c.text[size:]
	}
}

// line is a line of the file; 0 of what has none.
func (c *codec) line(line *int) {
	if c.isThere(*line != 0) {
		from := *line - c.base
		c.number(&from)
		*line = from + c.base
	}
}

func (c *codec) number(n *int) {
	folded := uint64(*n)<<1 ^ uint64(*n>>63)
	c.unsigned(&folded)
	*n = int(folded>>1) ^ -int(folded&1)
}

func (c *codec) unsigned(n *uint64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, *n)
		return
	}
	*n = 0
	for shift := 0; shift < 64 && shift/7 < len(c.text); shift += 7 {
		b := c.text[shift/7]
		*n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			c.text = c.text[shift/7+1:]
			return
		}
	}
	c.wrong, c.text = true, ""
}
