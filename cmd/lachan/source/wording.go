package source

import "lachan/internal/wording"

// What is wrong with the files that a configuration names.
var (
	textPolicyFile = wording.Text{
		VI: "không đọc được tệp chính sách: %v; hãy tạo tệp, hoặc ghi policy: \"\" để mọi máy dùng chung một hồ sơ mặc định",
		EN: "cannot read the policy: %v; create the file, or write policy: \"\" to give everyone the default profile",
	}
	textRPZOutCategory = wording.Text{
		VI: "không có nhóm nội dung %q; hãy dùng mã có sẵn (xem `lachan catalogue categories`) hoặc mã trong policy.yaml",
		EN: "there is no category %q; use a built-in code (see `lachan catalogue categories`), or one of policy.yaml",
	}
)
