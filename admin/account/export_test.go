package account

import "lachan/admin/account/passkey"

// Party is what holds the ceremonies.
func (b *ByPasskey) Party() *passkey.Party { return b.party }
