package compiled

// A StringTable collects the strings of tables. The zero StringTable is empty.
type StringTable struct {
	Bytes []byte
	known map[string]Text
}

// Add adds a string that few others equal.
func (s *StringTable) Add(text string) Text {
	if text == "" {
		return Text{}
	}
	s.Bytes = append(s.Bytes, text...)
	return Text{At: uint32(len(s.Bytes) - len(text)), Size: uint32(len(text))}
}

// Intern adds a string that many others may equal, and keeps it once.
func (s *StringTable) Intern(text string) Text {
	at, known := s.known[text]
	if !known {
		if s.known == nil {
			s.known = map[string]Text{}
		}
		at = s.Add(text)
		s.known[text] = at
	}
	return at
}
