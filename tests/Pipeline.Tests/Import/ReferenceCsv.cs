namespace Payments.Pipeline.Tests.Import;

/// <summary>RFC 4180 with faults, one byte at a time over the whole file in memory: slow and obvious, for the fast reader to be compared with.</summary>
internal static class ReferenceCsv
{
    public static List<ReferenceRecord> Parse(byte[] file)
    {
        var records = new List<ReferenceRecord>();
        var line = 1;
        var at = 0;
        while (at < file.Length)
        {
            if (file[at] is (byte)'\r' or (byte)'\n')
            {
                SkipLineEnd();
                continue;
            }

            var record = new ReferenceRecord(line);
            var start = at;
            do
            {
                record.Fields.Add(Field(record));
            }
            while (TakeComma());
            record.Raw = file[start..at];
            records.Add(record);
            if (at < file.Length) SkipLineEnd();
        }

        return records;

        byte[] Field(ReferenceRecord record)
        {
            var field = new List<byte>();
            if (at < file.Length && file[at] == '"')
            {
                at++;
                while (true)
                {
                    if (at == file.Length)
                    {
                        record.HasQuoteFault = true;
                        return [.. field];
                    }

                    if (file[at] == '"' && at + 1 < file.Length && file[at + 1] == '"')
                    {
                        field.Add((byte)'"');
                        at += 2;
                        continue;
                    }

                    if (file[at] == '"')
                    {
                        at++;
                        break;
                    }

                    if (file[at] == '\n' && file[at - 1] != '\r') line++;
                    if (file[at] == '\r') line++;
                    field.Add(file[at++]);
                }

                if (at == file.Length || file[at] is (byte)',' or (byte)'\r' or (byte)'\n') return [.. field];
                record.HasQuoteFault = true;
            }

            while (at < file.Length && file[at] is not ((byte)',' or (byte)'\r' or (byte)'\n'))
            {
                record.HasQuoteFault |= file[at] == '"';
                field.Add(file[at++]);
            }

            return [.. field];
        }

        bool TakeComma()
        {
            if (at == file.Length || file[at] != ',') return false;
            at++;
            return true;
        }

        void SkipLineEnd()
        {
            at += file[at] == '\r' && at + 1 < file.Length && file[at + 1] == '\n' ? 2 : 1;
            line++;
        }
    }
}

internal sealed class ReferenceRecord(int line)
{
    public int Line => line;

    public List<byte[]> Fields { get; } = [];

    public byte[] Raw { get; set; } = [];

    public bool HasQuoteFault { get; set; }
}
