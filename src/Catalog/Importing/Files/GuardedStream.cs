namespace Maydon.Catalog.Importing.Files;

/// <summary>
/// A part of a workbook while it is unpacked: however small it was sent, it may not become larger than <paramref name="longest"/>, nor may anything between
/// two tags, which a reader of XML would keep in memory whole.
/// </summary>
internal sealed class GuardedStream(Stream packed, long longest) : Stream
{
    private const int LongestRun = 4 * SheetRows.LongestCell;
    private long _read;
    private int _run;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var count = packed.Read(buffer);
        _read += count;
        Measure(buffer[..count]);
        return _read <= longest && _run <= LongestRun ? count : throw new UnreadableSheetException("import_too_large");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    private void Measure(ReadOnlySpan<byte> part)
    {
        while (_run <= LongestRun)
        {
            var next = part.IndexOf((byte)'<');
            if (next < 0)
            {
                _run += part.Length;
                return;
            }

            // Over the limit it stays.
            _run = _run + next > LongestRun ? LongestRun + 1 : 0;
            part = part[(next + 1)..];
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            packed.Dispose();
        base.Dispose(disposing);
    }
}
