using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Storage;

/// <summary>What the file system must be told so that a crash loses nothing. Any failure is an <see cref="IOException"/> and final: a failed sync is never retried, because the kernel may have dropped the dirty pages.</summary>
internal static partial class DurableFile
{
    /// <summary>Makes the file's data durable. Segments are pre-allocated, so fdatasync is enough and spares the time stamps' journal write.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            if (FDataSync((int)file.DangerousGetHandle()) != 0)
                throw new IOException($"sync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int directory = Open(path, 0);
        if (directory < 0)
            throw new IOException($"open of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (FSync(directory) != 0)
                throw new IOException($"sync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(directory);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(int file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
