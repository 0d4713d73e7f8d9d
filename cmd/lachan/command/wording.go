package command

import "lachan/internal/wording"

// What all commands say.
var (
	textOutNowhere = wording.Text{VI: "không có thư mục %s; hãy tạo nó trước", EN: "there is no folder %s; make it first"}
	// UnknownCommand is what people read.
	UnknownCommand = wording.Text{
		VI: "không có lệnh %q",
		EN: "there is no command %q",
	}
	textArguments = wording.Text{
		VI: "lệnh này nhận %d đối số, đã cho %d",
		EN: "arguments: %d wanted, %d given",
	}
	textArgumentEmpty = wording.Text{
		VI: "đối số thứ %d bỏ trống; hãy ghi nó",
		EN: "argument %d is empty; write it",
	}
	// FlagJSON is what people read.
	FlagJSON = wording.Text{
		VI: "in ra JSON cho chương trình đọc",
		EN: "print JSON for programs",
	}
	textFlagConfig = wording.Text{
		VI: "tệp cấu hình",
		EN: "the configuration file",
	}
	textHealthDown = wording.Text{
		VI: "máy chủ không trả lời ở %s: %v; hãy xem nhật ký của nó và mục http.listen",
		EN: "no server answers at %s: %v; see its log and http.listen",
	}
	textHealthNoDNS = wording.Text{
		VI: "máy chủ không trả lời câu hỏi DNS ở %s: %v; hãy xem nhật ký của nó và mục server.listen",
		EN: "no server answers DNS questions at %s: %v; see its log and server.listen",
	}
	textNoFile = wording.Text{
		VI: "không có tệp %s; hãy kiểm tra đường dẫn",
		EN: "there is no file %s; check the path",
	}
	textFileExists = wording.Text{
		VI: "đã có tệp %s và không ghi đè lên nó; hãy chọn tên khác",
		EN: "file %s is there already and is not replaced; choose another name",
	}
	textFileTrouble = wording.Text{
		VI: "không đọc hoặc ghi được %s: %v; hãy kiểm tra quyền và dung lượng trống",
		EN: "cannot read or write %s: %v; check its permissions and the free space",
	}
	textDirectory = wording.Text{
		VI: "%s là thư mục; hãy ghi đường dẫn của tệp",
		EN: "%s is a directory; write the path of a file",
	}
	textOtherOwner = wording.Text{
		VI: "%s là của người dùng %s; hãy gõ: %s",
		EN: "%s belongs to user %s; type: %s",
	}
	textNotOwner = wording.Text{
		VI: "%s là của người dùng %s, nhưng không chuyển sang người dùng đó được: %v; hãy gõ: %s",
		EN: "%s belongs to user %s, but this program cannot become that user: %v; type: %s",
	}
	textNoWayIn = wording.Text{
		VI: "người dùng này không vào được %s; hãy gõ: %s",
		EN: "this user may not enter %s; type: %s",
	}
)
