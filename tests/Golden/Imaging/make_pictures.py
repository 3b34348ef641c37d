# How the golden pictures were made: python3 make_pictures.py FOLDER, with Pillow 9.4 (Debian 12).
import numpy as np, sys, os
from PIL import Image, ImageOps
out=sys.argv[1]; os.makedirs(out,exist_ok=True)
rng=np.random.default_rng(7)
y,x=np.mgrid[0:21,0:33]
a=np.stack([(x*7)%256,(y*11)%256,((x+y)*5)%256],-1)+rng.normal(0,10,(21,33,3))
a[6:14,10:22]=[200,30,40]
im=Image.fromarray(a.clip(0,255).astype(np.uint8))
al=np.dstack([np.array(im),((x*7)%256).astype(np.uint8)]); rgba=Image.fromarray(al,'RGBA')
def s(i,name,**k):
    p=f'{out}/{name}'; i.save(p,**k)
    t=Image.open(p)
    e=t.convert('RGB') if t.mode!='RGBA' else Image.fromarray(np.array(t)[...,:3])
    if not name.endswith('.tif'): e=ImageOps.exif_transpose(t).convert('RGB')
    np.save(p+'.npy',np.array(e))
s(im,'rgb444.jpg',subsampling=0,quality=90); s(im,'rgb422.jpg',subsampling=1,quality=85); s(im,'rgb420.jpg',subsampling=2,quality=75)
s(im,'progressive.jpg',subsampling=2,progressive=True,quality=80); s(im.convert('L'),'gray.jpg',quality=85); s(im.convert('CMYK'),'cmyk.jpg',quality=85)
e=Image.Exif(); e[0x112]=6
s(im,'turned.jpg',quality=85,exif=e); s(im,'turned.webp',lossless=True,exif=e)
s(im,'lossy.webp',quality=80); s(im,'lossless.webp',lossless=True); s(rgba,'alpha.webp',lossless=True,exact=True)
s(im,'animated.webp',save_all=True,append_images=[im.rotate(180)],quality=70)
s(im,'rgb24.bmp'); s(im.convert('L'),'gray8.bmp'); s(im.convert('P',palette=1),'palette8.bmp'); s(im.convert('1'),'bit.bmp'); s(rgba,'rgba32.bmp')
s(im.convert('P',palette=1),'palette.png'); s(rgba,'alpha.png'); s(im,'rgb.png')
s(im,'lzw.tif',compression='tiff_lzw'); s(im,'deflate.tif',compression='tiff_adobe_deflate',tiffinfo={317:2}); s(im,'packbits.tif',compression='packbits'); s(im,'jpeg.tif',compression='jpeg')
s(im.convert('1'),'group4.tif',compression='group4'); s(im.convert('P',palette=1),'palette.tif',compression='tiff_lzw'); s(im,'pages.tif',save_all=True,append_images=[im.rotate(180)])
g16=((x*1987+y*3001)%65536).astype(np.uint16); Image.fromarray(g16).save(f'{out}/gray16.tif',compression='tiff_lzw',tiffinfo={317:2}); np.save(f'{out}/gray16.tif.npy',np.repeat(np.floor(g16/257+.5).astype(np.uint8)[...,None],3,2))
Image.fromarray(g16).save(f'{out}/gray16.png'); np.save(f'{out}/gray16.png.npy',np.repeat(np.floor(g16/257+.5).astype(np.uint8)[...,None],3,2))
