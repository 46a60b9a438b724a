using System.Globalization;
using System.Text;
using Maydon.Catalog.Sheets;

namespace Maydon.Catalog.Importing.Files;

/// <summary>
/// CSV as RFC 4180 has it and as programs write it: separated by commas, semicolons or tabs, whichever the first row in which something stands has most of, or as
/// Excel's line <c>sep=;</c> says; lines end as they like, and quotes that are not doubled within a cell stand for themselves.
/// </summary>
internal sealed class CsvRows : SheetRows
{
    private const char Quote = '"';
    private readonly StreamReader _reader;
    private readonly char[] _buffer = new char[64 * 1024];
    private readonly StringBuilder _long = new();
    private readonly char _separator;
    private int _at;
    private int _end;

    private CsvRows(StreamReader reader)
    {
        _reader = reader;
        _end = FromFile(reader.ReadBlock);
        var start = _buffer.AsSpan(0, _end);
        if (start.StartsWith("sep=") && start.Length > 4 && start[4..].IndexOfAny('\r', '\n') == 1)
        {
            _separator = start[4];
            _at = 5;
            EndRow();
            Number = 1;
        }
        else
        {
            _separator = FindSeparator(start);
        }
    }

    public override bool IsEven => true;

    public static CsvRows OpenText(string path)
    {
        // With the mark at the beginning it would find an encoding that passes damage over.
        var reader = new StreamReader(path, TextEncoding.Find(path), detectEncodingFromByteOrderMarks: false);
        try
        {
            return new CsvRows(reader);
        }
        catch (UnreadableSheetException)
        {
            reader.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        while (Fill())
        {
            Number++;
            Cells = new List<SheetCell>(Cells.Count);
            do
            {
                var text = ReadCell();
                if (Cells.Count < MostColumns + 1)
                    Cells.Add(new SheetCell(HarmlessText.Undo(text)));
            }
            while (EndCell());
            if (Cells.Exists(cell => !string.IsNullOrWhiteSpace(cell.Text)))
                return true;
        }

        return false;
    }

    public override void Dispose() => _reader.Dispose();

    private static char FindSeparator(ReadOnlySpan<char> start)
    {
        Span<int> counts = [0, 0, 0];
        // A quote opens where a cell begins, and where another has just closed it, for then they are one that is doubled.
        var (isBlank, mayOpen, quoted) = (true, true, false);
        foreach (var letter in start)
        {
            if (letter == Quote && (quoted || mayOpen))
            {
                (quoted, mayOpen) = (!quoted, true);
                continue;
            }

            mayOpen = false;
            if (!quoted && letter is '\r' or '\n')
            {
                if (!isBlank)
                    break;
                counts.Clear();
                mayOpen = true;
            }
            else if (!quoted && ",;\t".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var kind)
            {
                counts[kind]++;
                mayOpen = true;
            }
            else
            {
                isBlank &= char.IsWhiteSpace(letter);
            }
        }

        var best = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            if (counts[i] > counts[best])
                best = i;
        }

        return ",;\t"[best];
    }

    /// <summary>Whether there is anything left to read.</summary>
    private bool Fill()
    {
        if (_at < _end)
            return true;
        (_at, _end) = (0, FromFile(_reader.Read));
        return _end > 0;
    }

    private int FromFile(Func<char[], int, int, int> read)
    {
        try
        {
            return read(_buffer, 0, _buffer.Length);
        }
        catch (DecoderFallbackException)
        {
            throw new UnreadableSheetException("import_encoding");
        }
    }

    private string ReadCell()
    {
        _long.Clear();
        if (Fill() && _buffer[_at] == Quote)
            ReadQuoted();
        while (Fill())
        {
            var rest = _buffer.AsSpan(_at, _end - _at);
            var stop = rest.IndexOfAny(_separator, '\r', '\n');
            var part = stop < 0 ? rest : rest[..stop];
            _at += part.Length;
            // The common case: all of it in one piece.
            if (stop >= 0 && _long.Length == 0)
                return part.Length > LongestCell ? part[..(LongestCell + 1)].ToString() : part.ToString();
            Append(part);
            if (stop >= 0)
                break;
        }

        return _long.ToString();
    }

    private void ReadQuoted()
    {
        _at++;
        while (Fill())
        {
            var rest = _buffer.AsSpan(_at, _end - _at);
            var stop = rest.IndexOf(Quote);
            var part = stop < 0 ? rest : rest[..stop];
            _at += part.Length;
            Append(part);
            if (stop < 0)
                continue;
            _at++;
            if (!Fill() || _buffer[_at] != Quote)
                return;
            _at++;
            Append("\"");
        }

        throw new UnreadableSheetException("import_open_quote", Number.ToString(CultureInfo.InvariantCulture));
    }

    private void Append(ReadOnlySpan<char> part) => _long.Append(part[..Math.Min(part.Length, LongestCell + 1 - Math.Min(_long.Length, LongestCell + 1))]);

    /// <summary>Whether another cell follows in this row.</summary>
    private bool EndCell()
    {
        if (!Fill())
            return false;
        if (_buffer[_at] == _separator)
        {
            _at++;
            return true;
        }

        EndRow();
        return false;
    }

    private void EndRow()
    {
        var ending = _buffer[_at++];
        if (ending == '\r' && Fill() && _buffer[_at] == '\n')
            _at++;
    }
}
