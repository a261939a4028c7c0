/** The camera looks for a plate: by the phone's own reader where it has one, else by the small decoder. */

interface Reader { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> }
declare const BarcodeDetector: { new (options: { formats: string[] }): Reader; getSupportedFormats?: () => Promise<string[]> } | undefined;

/** The plate's token out of what a code says: an address ends with it, a bare token is itself. */
export function tokenOf(said: string): string {
  const path = said.trim().replace(/[?#].*$/, "").replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1);
}

async function ownReader(): Promise<Reader | null> {
  if (typeof BarcodeDetector === "undefined") return null;
  const formats = (await BarcodeDetector.getSupportedFormats?.()) ?? ["qr_code"];
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

export class Scanner {
  private stream: MediaStream | null = null;
  private stopped = false;

  constructor(private readonly video: HTMLVideoElement, private readonly found: (token: string) => void) {}

  /** Start looking; throws where there is no camera or it is forbidden. */
  async start(): Promise<void> {
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } } });
    if (this.stopped) return this.stop();
    this.video.srcObject = this.stream;
    await this.video.play();
    const own = await ownReader();
    const decode = own ? null : (await import("./decode")).decode;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    while (!this.stopped) {
      const said = own ? await this.byPhone(own) : decode && pen ? this.byHand(canvas, pen, decode) : "";
      if (said) {
        this.stop();
        this.found(tokenOf(said));
        return;
      }
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  private byPhone(reader: Reader): Promise<string> {
    return reader.detect(this.video).then((codes) => codes[0]?.rawValue ?? "", () => "");
  }

  private byHand(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, decode: (image: ImageData) => string): string {
    const scale = Math.min(1, 640 / (this.video.videoWidth || 640));
    canvas.width = Math.round(this.video.videoWidth * scale);
    canvas.height = Math.round(this.video.videoHeight * scale);
    if (!canvas.width) return "";
    pen.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return decode(pen.getImageData(0, 0, canvas.width, canvas.height));
  }

  stop(): void {
    this.stopped = true;
    this.stream?.getTracks().forEach((track) => track.stop());
  }
}
