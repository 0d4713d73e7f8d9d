package wording

// Sentences about devices that forwarders name.
var (
	PolicyDevice      = Text{"%q không phải là tên thiết bị; hãy ghi như mac:00:11:22:33:44:55 hoặc cpe:MÃ", "%q is not the name of a device; write one such as mac:00:11:22:33:44:55 or cpe:ID"}
	PolicyDeviceTaken = Text{"thiết bị %q đã thuộc về %s; mỗi thiết bị chỉ thuộc một đơn vị", "device %q belongs to %s already; a device belongs to one unit"}
)
