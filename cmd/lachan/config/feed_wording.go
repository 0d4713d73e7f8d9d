package config

import "lachan/internal/wording"

// What is wrong with zones, as feeds and as what is given to others.
var (
	textTSIG = wording.Text{
		VI: "tsig cần cả name và secret_file, và chỉ dùng cho url axfr://",
		EN: "tsig needs both name and secret_file, and a url axfr://",
	}
	textTSIGFile = wording.Text{
		VI: "không dùng được khóa TSIG: %v; tệp secret_file chỉ chứa khóa dạng base64",
		EN: "the TSIG key cannot be used: %v; the file secret_file holds the secret in base64 and nothing else",
	}
	textZoneFormat = wording.Text{
		VI: "danh sách lấy bằng axfr:// luôn có format rpz; hãy bỏ format hoặc ghi format: rpz",
		EN: "a feed from axfr:// is always of format rpz; leave format out or write format: rpz",
	}
	textZoneVerify = wording.Text{
		VI: "danh sách lấy bằng axfr:// được bảo vệ bằng tsig, không dùng verify; hãy bỏ verify",
		EN: "a feed from axfr:// is protected by tsig and has no verify; leave verify out",
	}
	textRPZOutBoth = wording.Text{
		VI: "listen và zones phải đi cùng nhau; hãy ghi cả hai hoặc bỏ cả hai",
		EN: "listen and zones belong together; give both or neither",
	}
	textRPZOutZone = wording.Text{
		VI: "%q không phải là tên vùng, hoặc đã dùng cho một vùng khác; hãy ghi như gambling.rpz.example",
		EN: "%q is not the name of a zone, or is that of another; write one such as gambling.rpz.example",
	}
	textRPZOutCategories = wording.Text{
		VI: "vùng cần categories, ví dụ [gambling]",
		EN: "the zone needs categories, such as [gambling]",
	}
	textRPZOutOpen = wording.Text{
		VI: "vùng cần tsig hoặc allow, nếu không ai cũng lấy được danh sách",
		EN: "the zone needs tsig or allow, or else anybody could have the list",
	}
)
