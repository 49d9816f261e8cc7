using System.Text.Json;

namespace Nabla;

/// <summary>
/// A file is not what it should be: cut short, damaged, or of another format. The message is one line that names the
/// file, the offset where that helps, what was found and what was expected.
/// Every reader of this library throws this and nothing else for bad contents; a file that cannot be opened at all
/// stays an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public sealed class MalformedFileException : FormatException
{
    /// <summary>Describes a fault in <paramref name="file"/>.</summary>
    /// <param name="file">Path or address of the file.</param>
    /// <param name="message">What was found and what was expected, without the file's name.</param>
    /// <param name="offset">Byte offset of the fault in the (decompressed) file, or −1 where it concerns all of it.</param>
    /// <param name="inner">The exception that led here, if any.</param>
    public MalformedFileException(string file, string message, long offset = -1, Exception? inner = null)
        : base(offset < 0 ? $"{file}: {OneLine(message)}" : $"{file}, byte {offset}: {OneLine(message)}", inner)
    {
        File = file;
        Offset = offset;
    }

    /// <summary>Path or address of the file.</summary>
    public string File { get; }

    /// <summary>Byte offset of the fault in the (decompressed) file, or −1 where it concerns all of it.</summary>
    public long Offset { get; }

    /// <summary>What a message quotes of a file may hold line breaks, codes that steer a terminal, or megabytes.</summary>
    private static string OneLine(string message)
    {
        const int Longest = 400;
        string shown = message.Length <= Longest ? message : $"{message[..(Longest - 60)]} … {message[^50..]}";
        return string.Concat(shown.Select(character => char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character));
    }

    /// <summary>Why contents are refused, of an exception of .NET or of our own checks: in one line, without names of parameters and types.</summary>
    internal static string ReasonOf(Exception exception)
    {
        string reason = exception.Message.ReplaceLineEndings(" ");
        switch (exception)
        {
            case JsonException { LineNumber: long line, BytePositionInLine: long column }:
                int position = reason.IndexOf(" LineNumber: ", StringComparison.Ordinal);
                return FormattableString.Invariant($"line {line + 1}, column {column + 1}: {(position < 0 ? reason : reason[..position])}");
            case ArgumentException { ParamName: string name }:
                reason = reason.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
                int value = reason.IndexOf(" Actual value was ", StringComparison.Ordinal);
                return value < 0 ? reason : FormattableString.Invariant($"{reason[..value].TrimEnd('.')}; found {reason[(value + " Actual value was ".Length)..]}");
            default:
                return reason;
        }
    }
}
