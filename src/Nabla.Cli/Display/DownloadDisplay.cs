using System.Globalization;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>Shows how a download goes: a line that is overwritten on a terminal, a line per file elsewhere.</summary>
internal sealed class DownloadDisplay(TextWriter output) : IProgress<DownloadProgress>, IDisposable
{
    private const int BarWidth = 30;

    private readonly Lock _gate = new();
    private readonly TextWriter _output = output is PlainText.PlainTextWriter plain ? plain.Inner : output;
    private readonly bool _live = Terminal.CanOverwrite(isError: ReferenceEquals(output, PlainText.Error));
    private string _file = "";
    private long _shownPercent = -1;

    public void Report(DownloadProgress value)
    {
        lock (_gate)
        {
            bool isNew = _file != value.File;
            _file = value.File;
            if (!_live)
            {
                if (isNew)
                {
                    _output.WriteLine($"Downloading {value.File} from {value.Mirror}");
                }
                return;
            }
            long percent = value.TotalBytes > 0 ? 100 * value.BytesReceived / value.TotalBytes.Value : 0;
            if (!isNew && percent == _shownPercent)
            {
                return;
            }
            _shownPercent = percent;
            int filled = (int)Math.Min(percent * BarWidth / 100, BarWidth);
            string bar = new string('━', filled) + new string(' ', BarWidth - filled);
            string share = string.Create(CultureInfo.InvariantCulture, $"{percent,3}%");
            string size = string.Create(CultureInfo.InvariantCulture, $"{value.BytesReceived / 1e6:F1} MB");
            // A line that is broken could not be overwritten.
            int width = Math.Max(1, AnsiConsole.Profile.Width - 1);
            string line = Terminal.Fit(width, "  ", value.File, share, size, bar);
            _output.Write($"\r\e[2K{line[..Math.Min(line.Length, width)]}");
        }
    }

    public void Dispose()
    {
        if (_live && _file.Length > 0)
        {
            _output.Write("\r\e[2K");
        }
    }
}
