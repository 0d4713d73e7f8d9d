package pdf

import (
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// Which point of a text is at a place.
type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// box stands for characters that the fonts cannot have.
const box = '□'

// drawable is a text without what the library cannot draw and would fail on:
// invalid UTF-8 and characters beyond the first 65,536, such as emoji. A visible
// box stands in place of each.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF || r == utf8.RuneError {
			return box
		}
		return r
	}, text)
}

// A canvas draws any text.
type canvas struct{ *fpdf.Fpdf }

// GetStringWidth measures what Text draws.
func (c canvas) GetStringWidth(text string) float64 { return c.Fpdf.GetStringWidth(drawable(text)) }

// Text draws a text, with boxes for what the fonts cannot have.
func (c canvas) Text(x, y float64, text string) { c.Fpdf.Text(x, y, drawable(text)) }

// at draws one line of text that stands on y.
func (c canvas) at(x, y float64, a anchor, text string) {
	if a != start {
		width := c.GetStringWidth(text)
		if a == middle {
			width /= 2
		}
		x -= width
	}
	c.Text(x, y, text)
}

// lines breaks a text where words end; the first line is shorter by first. A
// word that is longer than a line is broken anywhere.
func (c canvas) lines(text string, width, first float64) (lines [][]string) {
	space := c.GetStringWidth(" ")
	var line []string
	left := width - first
	for word := range strings.FieldsSeq(text) {
		for {
			length := c.GetStringWidth(word)
			if length <= left || len(line) > 0 && length <= width {
				break
			}
			if len(line) > 0 {
				lines, line, left = append(lines, line), nil, width
				continue
			}
			fits := c.fitting(word, left)
			lines, word, left = append(lines, []string{word[:fits]}), word[fits:], width
		}
		length := c.GetStringWidth(word)
		if length > left {
			lines, line, left = append(lines, line), nil, width
		}
		line = append(line, word)
		left -= length + space
	}
	return append(lines, line)
}

// fitting is how many bytes of a word go on a line: at least one letter.
func (c canvas) fitting(word string, width float64) int {
	last := 0
	for i, letter := range word {
		next := i + len(string(letter))
		if last > 0 && c.GetStringWidth(word[:next]) > width {
			break
		}
		last = next
	}
	return last
}

// longest is the width of the longest word.
func (c canvas) longest(text string) (most float64) {
	for word := range strings.FieldsSeq(text) {
		most = max(most, c.GetStringWidth(word))
	}
	return most
}

// rule draws a line around x.
func (c canvas) rule(x, y, length float64) {
	c.SetLineWidth(0.25)
	c.Line(x-length/2, y, x+length/2, y)
}

// line draws words on one line, spread over the width when it is justified.
func (c canvas) line(words []string, x, y, width float64, justified bool) {
	if !justified || len(words) < 2 {
		c.Text(x, y, strings.Join(words, " "))
		return
	}
	letters := 0.0
	for _, word := range words {
		letters += c.GetStringWidth(word)
	}
	gap := (width - letters) / float64(len(words)-1)
	for _, word := range words {
		c.Text(x, y, word)
		x += c.GetStringWidth(word) + gap
	}
}

// centred draws a text in the middle of a column, over as many lines as it
// needs, and returns where it ends.
func (c canvas) centred(text string, x, y, width float64) float64 {
	points, _ := c.GetFontSize()
	for _, words := range c.lines(text, width, 0) {
		c.at(x+width/2, y+lineHeight(points)*0.8, middle, strings.Join(words, " "))
		y += lineHeight(points)
	}
	return y
}
