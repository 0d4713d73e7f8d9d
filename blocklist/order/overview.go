package order

// An Overview is all that is known of orders, as people and programs ask for it.
type Overview struct {
	Summary
	Late    []Record `json:"late"` // beyond the time that the law allows
	Records []Record `json:"records"`
}

// Overview returns what the log holds now.
func (l *Log) Overview() Overview {
	return OverviewOf(l.Records())
}

// OverviewOf is the overview of some records.
func OverviewOf(records []Record) Overview {
	late := Late(records)
	if late == nil {
		late = []Record{}
	}
	return Overview{Summarise(records), late, records}
}
