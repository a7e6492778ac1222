/** Light and dark: as the system has it, until somebody says otherwise. */
import { createContext, type JSX } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

type Theme = 'light' | 'dark';
const Current = createContext<Theme>('light');

/** Which of the two the page has; what is drawn on a canvas is drawn anew when it changes. */
export function useTheme(): Theme {
  return useContext(Current);
}

const system = () => matchMedia('(prefers-color-scheme: dark)');

export function Themed({ children }: { children: (toggle: JSX.Element) => JSX.Element }): JSX.Element {
  const [theme, setTheme] = useState<Theme>(system().matches ? 'dark' : 'light');
  useEffect(() => {
    const follow = ({ matches }: MediaQueryListEvent) => choose(matches ? 'dark' : 'light');
    const query = system();
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  const choose = (next: Theme) => {
    document.documentElement.dataset.theme = next;
    setTheme(next);
  };
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <Current.Provider value={theme}>
      {children(
        <button type="button" onClick={() => choose(other)}>
          {other === 'dark' ? 'Dark' : 'Light'} page
        </button>,
      )}
    </Current.Provider>
  );
}
