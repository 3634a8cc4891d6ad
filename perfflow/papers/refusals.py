"""Why a file is not taken: each reason a sentence that says what to do."""

from collections.abc import Mapping

from perfflow.papers.text import N_

NOT_ALLOWED = N_("“%(name)s”不在可上传的类型之内。请上传 .docx、.xlsx、.pdf、.png 或 .jpg 文件。")
NOT_AS_NAMED = N_("“%(name)s”的内容与扩展名不符。请用原来的软件打开，另存后再上传。")
IS_OTHER = N_("“%(name)s”的内容其实是 .%(kind)s 文件。请改正扩展名，或重新选择文件。")
EMPTY = N_("“%(name)s”是空文件。请重新选择文件。")
TOO_LARGE = N_("文件超过 50 MB，未予接收。请压缩或拆分后再上传。")
UNPACKS_TOO_LARGE = N_("文件解压后过大，未予接收。请拆分或压缩图片后再上传。")
TOO_MANY = N_("文件内的部件超过 1000 个，未予接收。请拆分后再上传。")
DAMAGED = N_("文件已损坏或格式不对，无法打开。请用原来的软件打开，另存后再上传。")
INCONSISTENT = N_("文件的内部目录与内容不一致，未予接收。请用原来的软件打开，另存后再上传。")
NOT_OFFICE = N_("这不是 Word 或 Excel 文件。请用原来的软件打开，另存后再上传。")
OLD_WORD = N_("这是旧格式的文档，无法读取。请用 Word 或 WPS 打开，另存为 .docx 再上传。")
OLD_EXCEL = N_("这是旧格式的表格，无法读取。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")
WITH_MACROS = N_("这种格式可以带宏，未予接收。请另存为不带宏的 .docx 或 .xlsx 再上传。")
LOCKED = N_("文件设有密码，无法读取。请用原来的软件打开，去掉密码，另存后再上传。")
HAS_DTD = N_("文件内含文档类型定义（DTD），未予接收。请用原来的软件打开，另存后再上传。")
ACTIVE = N_("文件内含宏、控件或嵌入对象，未予接收。请删除后另存再上传。")
FOREIGN = N_("文件引用了外部内容（链接的文件、图片、模板或数据），未予接收。请断开链接后另存再上传。")


class RefusedFile(ValueError):
    """The file is not taken. str() is the whole sentence, msgid and params its parts."""

    def __init__(self, msgid: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(msgid % (params or {}) if params else msgid)
        self.msgid = msgid
        self.params = dict(params or {})
