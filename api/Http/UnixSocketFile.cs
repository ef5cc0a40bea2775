using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Praetor.Api.Http;

/// <summary>The file of a Unix socket cannot have the owner or mode it should have.</summary>
/// <param name="message">Why, as operators see it.</param>
public sealed class SocketSetupException(string message) : IOException(message);

/// <summary>Owner and mode of the file of a Unix socket (unix_sockets, config 5).</summary>
/// <param name="User">Name or number; empty leaves it.</param>
/// <param name="Group">Number; empty leaves it.</param>
/// <param name="Mode">Octal; empty leaves what the umask gives.</param>
public sealed partial record UnixSocketFile(string User, string Group, string Mode)
{
    /// <summary>Leaves all as it is.</summary>
    public static readonly UnixSocketFile Unchanged = new("", "", "");

    /// <summary>Bytes for what the system tells of a user.</summary>
    private const int UserBufferBytes = 16 * 1024;

    /// <summary>Sets them.</summary>
    /// <exception cref="SocketSetupException">Wrong or not allowed.</exception>
    public void Apply(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int user = User.Length == 0 ? -1 : UserId();
        int group = Group.Length == 0 ? -1 : int.TryParse(Group, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw Refusal($"invalid group specified: {Group}");
        if ((user >= 0 || group >= 0) && ChangeOwner(path, user, group) != 0)
            throw Refusal($"chown {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()).ToLowerInvariant()}");
        if (Mode.Length > 0)
            File.SetUnixFileMode(path, ParseMode());
    }

    private static SocketSetupException Refusal(string detail) => new($"Failed setting up socket: {detail}");

    private UnixFileMode ParseMode()
    {
        int mode = 0;
        foreach (char digit in Mode)
            mode = digit is >= '0' and <= '7' && mode < 0x10000 ? (mode * 8) + (digit - '0') : throw Refusal($"invalid mode specified: {Mode}");
        return (UnixFileMode)(mode & Convert.ToInt32("7777", 8));
    }

    private int UserId()
    {
        if (int.TryParse(User, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            return id;
        // struct passwd begins with two pointers and the id, on all systems that are supported.
        Span<byte> record = stackalloc byte[256];
        byte[] texts = new byte[UserBufferBytes];
        int error = FindUser(Encoding.UTF8.GetBytes(User + "\0"), record, texts, texts.Length, out nint found);
        return error == 0 && found != 0 ? MemoryMarshal.Read<int>(record[(2 * nint.Size)..]) : throw Refusal($"failed to look up user {User}: user: unknown user {User}");
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "getpwnam_r")]
    private static partial int FindUser(ReadOnlySpan<byte> name, Span<byte> record, Span<byte> texts, nint length, out nint found);
}
