package admin

// What is not built yet.

func (Except) plan(*Desk, *asking) (plan, error)        { return plan{}, errNotYet }
func (Withdraw) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (Undo) plan(*Desk, *asking) (plan, error)          { return plan{}, errNotYet }
func (Confirm) plan(*Desk, *asking) (plan, error)       { return plan{}, errNotYet }
func (Decline) plan(*Desk, *asking) (plan, error)       { return plan{}, errNotYet }
func (Answer) plan(*Desk, *asking) (plan, error)        { return plan{}, errNotYet }
func (Reopen) plan(*Desk, *asking) (plan, error)        { return plan{}, errNotYet }
func (SetUnit) plan(*Desk, *asking) (plan, error)       { return plan{}, errNotYet }
func (RemoveUnit) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (SetGroup) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (SetRules) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (SetCalendar) plan(*Desk, *asking) (plan, error)   { return plan{}, errNotYet }
func (SetProfile) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (SetTimetable) plan(*Desk, *asking) (plan, error)  { return plan{}, errNotYet }
func (Lock) plan(*Desk, *asking) (plan, error)          { return plan{}, errNotYet }
func (Lift) plan(*Desk, *asking) (plan, error)          { return plan{}, errNotYet }
func (ApproveList) plan(*Desk, *asking) (plan, error)   { return plan{}, errNotYet }
func (RejectList) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (RollBackList) plan(*Desk, *asking) (plan, error)  { return plan{}, errNotYet }
func (HandOver) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (AddAccount) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (RemoveAccount) plan(*Desk, *asking) (plan, error) { return plan{}, errNotYet }
func (GrantRole) plan(*Desk, *asking) (plan, error)     { return plan{}, errNotYet }
func (RevokeRole) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (IssueToken) plan(*Desk, *asking) (plan, error)    { return plan{}, errNotYet }
func (EndToken) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (SetWords) plan(*Desk, *asking) (plan, error)      { return plan{}, errNotYet }
func (Reload) plan(*Desk, *asking) (plan, error)        { return plan{}, errNotYet }
func (Adopt) plan(*Desk, *asking) (plan, error)         { return plan{}, errNotYet }
