package release

import "lachan/internal/wording"

// What is wrong with a key, and what to do.
var (
	textKey = wording.Text{
		VI: "%q không phải khóa công khai minisign; hãy chép dòng bắt đầu bằng RW... trong tệp .pub của đơn vị cung cấp",
		EN: "%q is not a minisign public key; copy the line that begins with RW... from the publisher's .pub file",
	}
)
