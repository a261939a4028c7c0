/** Where the phone is, if it knows within three seconds; a visit never waits for it. */
export interface Here { lon: number; lat: number; accuracy_m: number }

export function here(within = 3000): Promise<Here | null> {
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((done) => {
    const late = window.setTimeout(() => done(null), within);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        window.clearTimeout(late);
        done({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy });
      },
      () => { window.clearTimeout(late); done(null); },
      { enableHighAccuracy: true, timeout: within, maximumAge: 60_000 },
    );
  });
}
