using System.Text;

namespace Praetor.Api.Cli;

/// <summary>Writes UTF-8 text and raw bytes to one standard stream, unbuffered. A reader that went away is no error.</summary>
public sealed class CliOutput(Stream stream)
{
    private bool _closed;

    /// <summary>Writes text without a line end.</summary>
    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes text and a line end.</summary>
    public void WriteLine(string text = "") => Write(text + "\n");

    /// <summary>Writes bytes unchanged.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_closed)
            return;
        try
        {
            stream.Write(bytes);
        }
        catch (IOException)
        {
            // `consul ... | head` closes the pipe: what remains has no reader.
            _closed = true;
        }
    }
}
