package source

import (
	"bytes"
	"hash/crc32"
	"sync"

	"lachan/internal/eventloop"
	"lachan/internal/yamlfile"
)

// PieceSize is the least number of bytes of units that are decoded at a time.
// The tree of a YAML text takes some twenty times the text: pieces keep that
// small enough for the memory of one to do for the next, and let several
// processors work on a country's schools.
const PieceSize = 64 << 10

// DecodePieces decodes the units that Split has cut out of the file at path and
// hands them over piece by piece, in their order. It returns false at the first
// piece that cannot be read. What is kept, which may be nil, is not decoded again.
// Prepare, which several goroutines call, is called before units are kept. What take is
// given it may keep no part of but strings and calendars: their lists are used again.
func DecodePieces(path string, pieces []Piece, kept *Kept, prepare, take func([]Unit)) bool {
	type part struct {
		File
		in    *room
		wrong bool
	}
	parts := make([]chan part, len(pieces))
	var work sync.WaitGroup
	defer work.Wait()
	ahead := eventloop.Count
	rooms := make(chan *room, ahead+1) // of the pieces that are being decoded, and the one that is taken
	for range ahead + 1 {
		rooms <- &room{}
	}
	start := func(i int) {
		if i >= len(pieces) {
			return
		}
		parts[i] = make(chan part, 1)
		work.Go(func() {
			p := part{in: <-rooms}
			var had bool
			if p.Units, had = kept.units(pieces[i], p.in); !had {
				p.wrong = yamlfile.DecodePart(path, pieces[i].line-1, pieces[i].Document(), &p.File) != nil
				if !p.wrong {
					prepare(p.Units)
					kept.keep(pieces[i], p.Units)
				}
			}
			parts[i] <- p
		})
	}
	for i := range ahead {
		start(i)
	}
	for i := range pieces {
		p := <-parts[i]
		start(i + ahead)
		if p.wrong {
			return false
		}
		for j := range p.Units {
			p.Units[j].File = path
		}
		take(p.Units)
		rooms <- p.in
	}
	return true
}

// A Piece is several items of the list of units and the line they begin on.
type Piece struct {
	items []byte
	line  int
}

// Document is a file with nothing but the piece, which begins on its second line.
func (p Piece) Document() []byte { return append([]byte("units:\n"), p.items...) }

// Split cuts the list of units out of a file if it is long: the rest keeps
// its lines. An item begins with "- " at the column of the first one; nothing
// within an item can stand that far to the left.
func Split(data []byte, size int) (rest []byte, pieces []Piece) {
	begin, line, ok := findUnits(data)
	if !ok || len(data) < 2*size {
		return data, nil
	}
	dash := itemDash(data[begin:])
	if dash == nil {
		return data, nil
	}
	current := Piece{line: line}
	start, at := begin, begin
	for at < len(data) {
		text := lineAt(data, at)
		if listEnds(text, dash) {
			break
		}
		if at-start >= size && bytes.HasPrefix(text, dash) && (isCut(text) || at-start >= 2*size) {
			current.items = data[start:at]
			pieces = append(pieces, current)
			current, start = Piece{line: line}, at
		}
		at += len(text)
		line++
	}
	current.items = data[start:at]
	pieces = append(pieces, current)
	rest = append(rest, data[:begin]...)
	rest = append(rest, bytes.Repeat([]byte("\n"), bytes.Count(data[begin:at], []byte("\n")))...)
	return append(rest, data[at:]...), pieces
}

// isCut reports whether a piece may begin with a line. That depends on the line alone:
// a change in one piece leaves the pieces after it as they were.
func isCut(text []byte) bool { return crc32.Checksum(text, castagnoli)%8 == 0 }

// ItemAt is the item of the list of units that begins on a line, and its last line; ok
// is false if it shares a line with others. Comments below it are not its.
func ItemAt(data []byte, line int) (item []byte, last int, ok bool) {
	at := 0
	for number := 1; number < line && at < len(data); number++ {
		at += len(lineAt(data, at))
	}
	dash := itemDash(lineAt(data, at))
	if dash == nil {
		return nil, 0, false
	}
	end, last := at+len(lineAt(data, at)), line
	for next, number := end, line+1; next < len(data); number++ {
		text := lineAt(data, next)
		if listEnds(text, dash) || bytes.HasPrefix(text, dash) {
			break
		}
		if next += len(text); !isBlank(text) {
			end, last = next, number
		}
	}
	return data[at:end], last, true
}

// findUnits finds the line after the key units of the outermost mapping.
func findUnits(data []byte) (begin, line int, ok bool) {
	for at, line := 0, 1; at < len(data); line++ {
		text := lineAt(data, at)
		at += len(text)
		if after, is := bytes.CutPrefix(text, []byte("units:")); is {
			after = bytes.TrimSpace(after)
			return at, line + 1, len(after) == 0 || after[0] == '#'
		}
	}
	return 0, 0, false
}

// itemDash is what the line of the first item begins with, up to and with
// "- "; nil if items of the list do not begin on lines of their own.
func itemDash(list []byte) []byte {
	for at := 0; at < len(list); {
		text := lineAt(list, at)
		at += len(text)
		item := bytes.TrimLeft(text, " ")
		switch {
		case isBlank(text):
		case bytes.HasPrefix(item, []byte("- ")):
			return text[:len(text)-len(item)+2]
		default:
			return nil
		}
	}
	return nil
}

// listEnds reports whether a line cannot be part of a list whose items begin with
// dash.
func listEnds(text, dash []byte) bool {
	if isBlank(text) || bytes.HasPrefix(text, dash) {
		return false
	}
	indent := len(text) - len(bytes.TrimLeft(text, " "))
	return indent <= len(dash)-2
}

func isBlank(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || text[0] == '#'
}

// lineAt is the line of data at an offset, its end included.
func lineAt(data []byte, at int) []byte {
	if end := bytes.IndexByte(data[at:], '\n'); end >= 0 {
		return data[at : at+end+1]
	}
	return data[at:]
}
