using System.Globalization;

namespace Nabla.Cli.Display;

/// <summary>Shows how a download goes: a line that is overwritten on a terminal, a line per file elsewhere.</summary>
internal sealed class DownloadDisplay(TextWriter output) : IProgress<DownloadProgress>, IDisposable
{
    private const int BarWidth = 30;

    private readonly Lock _gate = new();
    private readonly TextWriter _output = output is PlainText.PlainTextWriter plain ? plain.Inner : output;
    private readonly bool _live = ReferenceEquals(output, PlainText.Error) ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
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
            string size = (value.BytesReceived / 1e6).ToString("F1", CultureInfo.InvariantCulture);
            _output.Write($"\r\e[2K{value.File}  {bar} {percent,3}%  {size} MB");
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
