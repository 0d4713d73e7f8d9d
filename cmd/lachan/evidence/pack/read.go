package pack

import (
	"bytes"
	"encoding/binary"
	"strings"

	"lachan/internal/printable"
	"lachan/internal/wording"
)

// A Pack is one that was read, and is what it was when it was sealed.
type Pack struct {
	Seal
	Members []Member // in the order of their names; their texts are parts of what was read
}

// A WrongError says where a file is not the pack that was sealed.
type WrongError struct {
	Member string // its name; "" if it is at no member
	What   wording.Text
}

func (e *WrongError) Error() string { return e.Wording().String() }

// Wording is where it is and what is wrong, in both languages.
func (e *WrongError) Wording() wording.Text {
	if e.Member == "" {
		return e.What
	}
	return textAt.With(e.Member, e.What)
}

// Most is how many bytes a pack has at most.
const Most = MostBytes + (MostMembers+2)*(localSize+centralSize+2*mostName) + mostSeal + mostSums + endSize

// Read reads a pack and checks every byte of it. The error is a *WrongError, which names the
// first member that is not what was sealed. It reads no more than is there, and keeps
// nothing but the text.
func Read(text []byte) (p Pack, err error) {
	if len(text) > Most {
		return p, &WrongError{"", textTooLarge.With(len(text), Most)}
	}
	if !bytes.HasPrefix(text, []byte("PK")) && !bytes.Contains(text, []byte(SealFile)) { // neither a zip nor ever one
		return p, &WrongError{"", textNoPack}
	}
	r := &reader{text: text}
	line, err := r.member(SealFile)
	if err != nil {
		return p, err
	}
	if len(line.Text) > mostSeal {
		return p, &WrongError{SealFile, textNoText}
	}
	if p.Seal, err = parseSeal(line.Text); err != nil {
		return p, &WrongError{SealFile, textSeal.With(err)}
	}
	if err := r.sound(line); err != nil {
		return p, err
	}
	sums, err := r.member(SumsFile)
	if err != nil {
		return p, err
	}
	if digest(sums.Text) != p.SHA256 {
		return p, &WrongError{SumsFile, textSums}
	}
	if err := r.sound(sums); err != nil {
		return p, err
	}
	all := []Member{line, sums}
	for sum := range strings.Lines(string(sums.Text)) {
		want, name, _ := strings.Cut(strings.TrimSuffix(sum, "\n"), "  ")
		if !ValidName(name) { // nor is it to be shown: only the key can make such a one
			return p, &WrongError{SumsFile, textNames}
		}
		m, err := r.member(name)
		if err != nil {
			return p, err
		}
		if len(all) > 2 && all[len(all)-1].Name >= name || len(all) == MostMembers+2 {
			return p, &WrongError{SumsFile, textNames}
		}
		if digest(m.Text) != want {
			return p, &WrongError{name, textContent}
		}
		if err := r.sound(m); err != nil {
			return p, err
		}
		all = append(all, m)
	}
	p.Members = all[2:]
	if !bytes.Equal(sumsOf(p.Members), sums.Text) {
		return p, &WrongError{SumsFile, textNames}
	}
	return p, r.ends(all)
}

// Text is that of a member; ok is false if there is none of the name.
func (p *Pack) Text(name string) (text []byte, ok bool) {
	for i := range p.Members {
		if p.Members[i].Name == name {
			return p.Members[i].Text, true
		}
	}
	return nil, false
}

// A reader goes through a file from its beginning.
type reader struct {
	text []byte
	at   int // the first byte that was not read
	size int // of all members so far
}

// member is the next member, which has to have a name. What its header says beside its
// size and its name is checked by sound.
func (r *reader) member(name string) (m Member, err error) {
	rest := r.text[r.at:]
	if len(rest) < localSize || !bytes.HasPrefix(rest, localMark) {
		return m, &WrongError{name, textNoHeader}
	}
	size := int(binary.LittleEndian.Uint32(rest[18:]))
	named := int(binary.LittleEndian.Uint16(rest[26:]))
	if named > mostName || len(rest) < localSize+named || string(rest[localSize:localSize+named]) != name {
		return m, &WrongError{name, textNoHeader}
	}
	if size > MostMember || size > len(rest)-localSize-named || r.size+size > MostBytes+mostSeal+mostSums {
		return m, &WrongError{name, textNoText}
	}
	r.size += size
	m = Member{name, rest[localSize+named : localSize+named+size]}
	return m, nil
}

// sound checks the header of the member that was read last, and goes behind it.
func (r *reader) sound(m Member) error {
	header := localHeader(&m)
	if !bytes.HasPrefix(r.text[r.at:], header) {
		return &WrongError{m.Name, textHeader}
	}
	r.at += len(header) + len(m.Text)
	return nil
}

// ends checks that nothing follows the members but their directory.
func (r *reader) ends(all []Member) error {
	if rest := r.text[r.at:]; bytes.HasPrefix(rest, localMark) {
		name := rest[min(len(rest), localSize):]
		if len(rest) >= localSize {
			name = name[:min(len(name), int(binary.LittleEndian.Uint16(rest[26:])), mostName)]
		}
		return &WrongError{printable.Line(string(name), mostName), textAdded}
	}
	directory, offset, size := r.at, 0, 0
	for i := range all {
		m := &all[i]
		is := entry(m, offset)
		if !bytes.HasPrefix(r.text[r.at:], is) {
			return &WrongError{m.Name, textEntry}
		}
		r.at += len(is)
		size += len(is)
		offset += localSize + len(m.Name) + len(m.Text)
	}
	if !bytes.Equal(r.text[r.at:], end(len(all), size, directory)) {
		return &WrongError{"", textEnd}
	}
	return nil
}
